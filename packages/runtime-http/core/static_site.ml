(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Cohttp

type response = Response.t * Cohttp_lwt.Body.t

let max_piece = 64 * 1024
let allowed = [ `GET; `HEAD ]

(* {2 Answers without a file} *)

let text ?(headers = Header.init ()) status body =
  let headers =
    Header.add_unless_exists headers "content-type" "text/plain; charset=utf-8"
  in
  let encoding = Transfer.Fixed (Int64.of_int (String.length body)) in
  let response = Cohttp_bridge.response ~status ~encoding headers in
  (response, `String body)

let empty status fields =
  let headers = Header.of_list fields in
  (Cohttp_bridge.response ~status ~encoding:(Fixed 0L) headers, `Empty)

let redirect target =
  let headers = Header.init_with "location" target in
  text ~headers `Moved_permanently ("Moved to " ^ target ^ "\n")

(* {2 What a request asks for} *)

type asked = {
  mutable codings : string list;  (** values of [Accept-Encoding] *)
  mutable range : string list;  (** likewise *)
  mutable conditional : bool;
}

(* One pass over the fields is less than a search for each. *)
let asked request =
  let asked = { codings = []; range = []; conditional = false } in
  Cohttp_bridge.iter_headers
    (fun name value ->
      match String.length name with
      | 15 when Grammar.equal_token name "accept-encoding" ->
          asked.codings <- value :: asked.codings
      | 5 when Grammar.equal_token name "range" ->
          asked.range <- value :: asked.range
      | length when length >= 8 && name.[2] = '-' && (name.[0] = 'i' || name.[0] = 'I')
        ->
          asked.conditional <- true
      | _ -> ())
    (Request.headers request);
  asked

module Keys = Hashtbl.Make (struct
  include String

  let hash (key : string) = Hashtbl.hash key
end)

module Make (KV : V1_LWT.KV_RO) = struct
  (* {2 Values} *)

  (* A value in one coding: in memory that does not change, or to be read. *)
  type content = Memory of Cstruct.t list | Stored of string

  type variant = {
    content : content;
    size : int64;
    validators : Precondition.validators;
    headers : Header.t;
    whole : Response.t;  (** the answer with all of it *)
    prepared : Attachment.prepared option;  (** its head *)
  }

  type file = {
    store : KV.t;
    content_type : string;
    plain : variant;
    coded : (string * variant) list;  (** the best coding first *)
  }

  let vanished key = Lwt.fail_with (key ^ ": the value has gone or is shorter")

  let read kv key offset length =
    KV.read kv key offset length >>= function
    | `Ok buffers when Cstruct.lenv buffers > 0 ->
        Lwt.return (Cstruct.copyv buffers)
    | `Ok _ | `Error _ -> vanished key

  let size kv key =
    KV.size kv key >|= function `Ok size -> Some size | `Error _ -> None

  let max_attributes = 4096

  let attributes kv key =
    KV.read kv (Attributes.key_of key) 0 max_attributes >|= function
    | `Ok buffers -> Some (Attributes.parse (Cstruct.copyv buffers))
    | `Error _ -> None

  let variant ~content_type (attributes : Attributes.t) coding content size =
    let quoted tag =
      match coding with
      | None -> "\"" ^ tag ^ "\""
      | Some coding -> "\"" ^ tag ^ "-" ^ coding ^ "\""
    in
    let etag = Option.map quoted attributes.etag in
    let optional name value = List.map (fun v -> (name, v)) (Option.to_list value) in
    let headers =
      Header.of_list
        ([ ("accept-ranges", "bytes"); ("content-type", content_type) ]
        @ optional "cache-control" attributes.cache_control
        @ optional "content-encoding" coding
        @ optional "etag" etag
        @ optional "last-modified" attributes.last_modified
        @ if attributes.codings = [] then [] else [ ("vary", "accept-encoding") ])
    in
    let modified = Option.bind attributes.last_modified Http_date.of_string in
    let whole = Cohttp_bridge.response ~status:`OK ~encoding:(Fixed size) headers in
    {
      content;
      size;
      validators = { etag; modified };
      headers;
      whole;
      prepared = Reply.lines whole;
    }

  (* All of a value, which the store promises not to change by its attributes. *)
  let in_memory kv key =
    size kv key >>= function
    | None -> Lwt.return_none
    | Some size -> (
        KV.read kv key 0 (Int64.to_int size) >|= function
        | `Ok views -> Some (Memory views, size)
        | `Error _ -> None)

  let with_attributes kv key attributes =
    let content_type = Mime.of_path key in
    let make coding (content, size) =
      variant ~content_type attributes coding content size
    in
    let coded coding =
      in_memory kv (Attributes.coded key coding)
      >|= Option.map (fun found -> (coding, make (Some coding) found))
    in
    in_memory kv key >>= function
    | None -> Lwt.return_none
    | Some found ->
        Lwt_list.filter_map_s coded attributes.codings >|= fun coded ->
        Some { store = kv; content_type; plain = make None found; coded }

  let without_attributes kv key =
    size kv key
    >|= Option.map (fun size ->
            let content_type = Mime.of_path key in
            let content = Stored key in
            let plain = variant ~content_type Attributes.none None content size in
            { store = kv; content_type; plain; coded = [] })

  (* Files with attributes; there are not more of them than the store has. *)
  let known : file Keys.t = Keys.create 64

  let look_up kv key =
    attributes kv key >>= function
    | None -> without_attributes kv key
    | Some attributes ->
        with_attributes kv key attributes >|= fun file ->
        Option.iter (Keys.replace known key) file;
        file

  let find kv key =
    (* Keys are counted on to be few: stores ignore slashes in front. *)
    let key = Site_path.without_slashes key in
    match Keys.find_opt known key with
    | Some file when file.store == kv -> Lwt.return_some file
    | Some _ | None ->
        if Attributes.is_file key then look_up kv key else Lwt.return_none

  (* {2 Bodies} *)

  let stream kv key parts =
    let parts = ref parts in
    let rec next () =
      match !parts with
      | [] -> Lwt.return_none
      | `Text text :: rest ->
          parts := rest;
          Lwt.return_some text
      | `Range (_, 0L) :: rest ->
          parts := rest;
          next ()
      | `Range (offset, length) :: rest ->
          let wanted = Int64.to_int (min length (Int64.of_int max_piece)) in
          read kv key (Int64.to_int offset) wanted >|= fun piece ->
          let got = Int64.of_int (String.length piece) in
          parts := `Range (Int64.add offset got, Int64.sub length got) :: rest;
          Some piece
    in
    Cohttp_lwt.Body.of_stream (Lwt_stream.from next)

  let rec slice views offset length =
    match views with
    | [] -> []
    | _ when length = 0 -> []
    | view :: rest when offset >= Cstruct.length view ->
        slice rest (offset - Cstruct.length view) length
    | view :: rest ->
        let taken = min length (Cstruct.length view - offset) in
        Cstruct.sub view offset taken :: slice rest 0 (length - taken)

  let views memory = function
    | `Text text -> [ Cstruct.of_string text ]
    | `Range (offset, length) ->
        slice memory (Int64.to_int offset) (Int64.to_int length)

  (* A small value is read first, so that it leaves with the head. *)
  let body kv content parts =
    match (content, parts) with
    | Memory memory, _ ->
        let views = List.concat_map (views memory) parts in
        Lwt.return (Attachment.body (Views (views, None)))
    | Stored _, [ `Range (_, 0L) ] -> Lwt.return `Empty
    | Stored key, [ `Range (offset, length) ]
      when Int64.compare length (Int64.of_int max_piece) <= 0 ->
        read kv key (Int64.to_int offset) (Int64.to_int length) >|= fun s -> `String s
    | Stored key, _ -> Lwt.return (stream kv key parts)

  (* {2 Answers} *)

  let all_of variant = [ `Range (0L, variant.size) ]

  (* [headers], and of the file's what they don't say. *)
  let with_headers headers own =
    match headers with
    | None -> own
    | Some headers ->
        List.fold_left
          (fun all (name, value) -> Header.add_unless_exists all name value)
          headers (Header.to_list own)

  let answer ?headers kv variant status ~fields ~length parts : response Lwt.t =
    let own =
      List.fold_left (fun h (name, v) -> Header.replace h name v) variant.headers fields
    in
    let headers = with_headers headers own in
    let response = Cohttp_bridge.response ~status ~encoding:(Fixed length) headers in
    body kv variant.content parts >|= fun body -> (response, body)

  let whole ?headers kv variant =
    match (headers, variant.content) with
    | None, Memory memory ->
        let body = Attachment.body (Views (memory, variant.prepared)) in
        Lwt.return (variant.whole, body)
    | None, Stored _ ->
        body kv variant.content (all_of variant) >|= fun body ->
        (variant.whole, body)
    | Some _, _ ->
        answer ?headers kv variant `OK ~fields:[] ~length:variant.size (all_of variant)

  let part ?headers kv variant (offset, length) =
    let range = Multipart.content_range offset length variant.size in
    answer ?headers kv variant `Partial_content
      ~fields:[ ("content-range", range) ]
      ~length
      [ `Range (offset, length) ]

  (* What is no part of a multipart's own text with any likelihood. *)
  let boundary file variant parts =
    let seed =
      List.map (fun (o, l) -> Printf.sprintf "%Ld-%Ld" o l) parts
      |> String.concat ","
    in
    let etag = Option.value variant.validators.etag ~default:file.content_type in
    Digest.to_hex (Digest.string (etag ^ seed))

  let several ?headers kv file variant parts =
    let boundary = boundary file variant parts in
    let heads, last =
      Multipart.heads ~boundary ~content_type:file.content_type ~size:variant.size
        parts
    in
    let pieces =
      List.concat
        (List.map2 (fun head part -> [ `Text head; `Range part ]) heads parts)
      @ [ `Text last ]
    in
    let length =
      List.fold_left
        (fun n piece ->
          match piece with
          | `Text text -> Int64.add n (Int64.of_int (String.length text))
          | `Range (_, length) -> Int64.add n length)
        0L pieces
    in
    answer ?headers kv variant `Partial_content
      ~fields:[ ("content-type", Multipart.content_type boundary) ]
      ~length pieces

  let unsatisfiable variant =
    let range = Printf.sprintf "bytes */%Ld" variant.size in
    let headers =
      Header.of_list [ ("accept-ranges", "bytes"); ("content-range", range) ]
    in
    text ~headers `Requested_range_not_satisfiable "there is no such range\n"

  (* What a 304 says of a 200: RFC 9110, section 15.4.5. *)
  let not_modified variant =
    let kept =
      List.filter
        (fun (name, _) ->
          not
            (List.mem name [ "accept-ranges"; "content-encoding"; "content-type" ]))
        (Header.to_list variant.headers)
    in
    empty `Not_modified kept

  let ranges asked request variant =
    match asked.range with
    | [ value ]
      when (match Request.meth request with `GET -> true | _ -> false)
           && Precondition.applies_to_range variant.validators request ->
        Byte_range.parse value ~size:variant.size
    | _ -> Byte_range.Whole

  let choose asked file =
    match (file.coded, asked.codings) with
    | [], _ | _, [] -> file.plain
    | coded, likes -> (
        match Accept_encoding.best likes (List.map fst coded) with
        | Some coding -> List.assoc coding coded
        | None -> file.plain)

  let negotiate ?headers kv file request =
    let asked = asked request in
    let variant = choose asked file in
    match
      if asked.conditional then
        Precondition.evaluate variant.validators request
      else Proceed
    with
    | Failed -> Lwt.return (text `Precondition_failed "the precondition failed\n")
    | Not_modified -> Lwt.return (not_modified variant)
    | Proceed -> (
        match ranges asked request variant with
        | Whole -> whole ?headers kv variant
        | Unsatisfiable -> Lwt.return (unsatisfiable variant)
        | Parts [ one ] -> part ?headers kv variant one
        | Parts parts -> several ?headers kv file variant parts)

  let not_found kv =
    find kv "404.html" >>= function
    | None -> Lwt.return (text `Not_found "Not found")
    | Some { plain; content_type; _ } ->
        let headers = Header.init_with "content-type" content_type in
        let response =
          Cohttp_bridge.response ~status:`Not_found ~encoding:(Fixed plain.size)
            headers
        in
        body kv plain.content (all_of plain) >|= fun body -> (response, body)

  let missing kv key request =
    match request with
    | None -> not_found kv
    | Some request -> (
        let target = Request.resource request in
        let path = Site_path.of_target target in
        if path = "" || String.ends_with ~suffix:"/" path then not_found kv
        else
          find kv (key ^ "/index.html") >>= function
          | Some _ ->
              let folder = Site_path.to_target path ^ "/" in
              Lwt.return (redirect (folder ^ Site_path.query target))
          | None -> not_found kv)

  let is_read = function `GET | `HEAD -> true | _ -> false

  let respond ?headers ?request kv key =
    match request with
    | Some request when not (is_read (Request.meth request)) ->
        Lwt.return (Method_refusal.response ~allowed (Request.meth request))
    | _ -> (
        find kv key >>= fun file ->
        match (file, request) with
        | None, _ -> missing kv key request
        | Some file, None -> whole ?headers kv file.plain
        | Some file, Some request -> negotiate ?headers kv file request)

  let serve ?headers kv request =
    let path = Site_path.of_target (Request.resource request) in
    respond ?headers ~request kv (Site_path.key path)
end
