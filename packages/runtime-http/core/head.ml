(* SPDX-License-Identifier: ISC *)

open Cohttp

type refusal = Code.status_code * string

type t = {
  request : Request.t;
  connection : string list;
  expect : string list;
}

exception Refused of refusal

let refuse status reason = raise_notrace (Refused (status, reason))
let bad reason = refuse `Bad_request reason
let is_target_char c = c > ' ' && c <> '\127'

(* {2 Request line} *)

let is_1_0 = function `HTTP_1_0 -> true | _ -> false

let version = function
  | "HTTP/1.1" -> `HTTP_1_1
  | "HTTP/1.0" -> `HTTP_1_0
  | v
    when String.length v = 8
         && String.starts_with ~prefix:"HTTP/1." v
         && Grammar.is_digit v.[7] ->
      `HTTP_1_1
  | v when String.starts_with ~prefix:"HTTP/" v ->
      refuse `Http_version_not_supported
        "only HTTP/1.0 and HTTP/1.1 are spoken here"
  | _ -> bad "the request line does not end with an HTTP version"

(* absolute-form: a scheme, an authority, and a path and query. *)
let is_absolute target =
  match String.index_opt target ':' with
  | None | Some 0 -> false
  | Some colon ->
      let scheme = String.sub target 0 colon in
      let rest = String.sub target (colon + 1) (String.length target - colon - 1) in
      let is_scheme_char = function
        | 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '+' | '-' | '.' -> true
        | _ -> false
      in
      let authority =
        if not (String.starts_with ~prefix:"//" rest) then None
        else
          let rec stop i =
            if i = String.length rest then i
            else match rest.[i] with '/' | '?' -> i | _ -> stop (i + 1)
          in
          Some (String.sub rest 2 (stop 2 - 2))
      in
      String.for_all is_scheme_char scheme
      && Option.fold ~none:false ~some:Authority.is_valid authority

let rec has_target_chars target i =
  i = String.length target
  || (is_target_char target.[i] && has_target_chars target (i + 1))

(* RFC 9112, section 3.2. *)
let is_target meth target =
  target <> ""
  && has_target_chars target 0
  &&
  match meth with
  | `CONNECT -> Authority.is_valid target && String.contains target ':'
  | _ ->
      target.[0] = '/'
      || (String.equal target "*" && match meth with `OPTIONS -> true | _ -> false)
      || is_absolute target

(* The line of [head] that ends before [stop]. *)
let request_line head stop =
  let malformed () =
    bad "the request line is not a method, a target and a version"
  in
  let space from =
    match String.index_from_opt head from ' ' with
    | Some i when i < stop -> i
    | Some _ | None -> malformed ()
  in
  let first = space 0 in
  let second = space (first + 1) in
  let rest = String.sub head (second + 1) (stop - second - 1) in
  if String.contains rest ' ' then malformed ();
  let version = version rest in
  let meth = String.sub head 0 first in
  if not (Grammar.is_token meth) then bad "the method is not a token";
  let meth = Code.method_of_string meth in
  let target = String.sub head (first + 1) (second - first - 1) in
  if not (is_target meth target) then bad "the request's target is malformed";
  (meth, target, version)

(* {2 Header fields} *)

let is_blank c = c = ' ' || c = '\t'

let rec skip_blanks head stop i =
  if i < stop && is_blank head.[i] then skip_blanks head stop (i + 1) else i

let rec before_blanks head first i =
  if i > first && is_blank head.[i - 1] then before_blanks head first (i - 1)
  else i

let rec check_value head stop i =
  if i < stop then
    if Grammar.is_field_char head.[i] then check_value head stop (i + 1)
    else bad "a header's value has control characters"

(* The field in [head] from [start] to before [stop]. *)
let field head start stop =
  let colon = Grammar.skip_token head stop start in
  if colon = stop then bad "a header line has no colon";
  if colon = start || head.[colon] <> ':' then
    bad "a header's name is not a token";
  let first = skip_blanks head stop (colon + 1) in
  let last = before_blanks head first stop in
  check_value head last first;
  (String.sub head start (colon - start), String.sub head first (last - first))

(* {2 Framing of the body: RFC 9112, section 6} *)

(* What decides on it, on the host and on the connection, gathered while the fields
   are read. *)
type found = {
  mutable connections : string list;
  mutable expectations : string list;
  mutable lengths : string list;
  mutable codings : string list;
  mutable hosts : string list;
}

let notice found name value =
  match String.length name with
  | 4 when Grammar.equal_token name "host" -> found.hosts <- value :: found.hosts
  | 6 when Grammar.equal_token name "expect" ->
      found.expectations <- value :: found.expectations
  | 10 when Grammar.equal_token name "connection" ->
      found.connections <- value :: found.connections
  | 14 when Grammar.equal_token name "content-length" ->
      found.lengths <- value :: found.lengths
  | 17 when Grammar.equal_token name "transfer-encoding" ->
      found.codings <- value :: found.codings
  | _ -> ()

let length value =
  match Grammar.number value ~max:Int64.max_int with
  | Some length -> Transfer.Fixed length
  | None -> bad "the content length is not a number"

let encoding version { lengths; codings; _ } =
  match (codings, lengths) with
  | [], [] -> Transfer.Fixed 0L
  | [], first :: others ->
      if List.for_all (String.equal first) others then length first
      else bad "there are several content lengths"
  | _ :: _, _ :: _ -> bad "there are both a transfer encoding and a content length"
  | _, [] when is_1_0 version -> bad "HTTP/1.0 has no transfer encoding"
  | [ coding ], [] when Grammar.equal_token coding "chunked" -> Transfer.Chunked
  | _, [] -> refuse `Not_implemented "the only transfer encoding known is chunked"

(* RFC 9112, section 3.2. *)
let check_host version { hosts; _ } =
  match hosts with
  | [ host ] ->
      if not (Authority.is_valid host) then bad "the host header names no host"
  | [] -> if not (is_1_0 version) then bad "there is no host header"
  | _ -> bad "there are several host headers"

(* {2 Lines} *)

let parse ~max_fields head =
  let found =
    { connections = []; expectations = []; lengths = []; codings = []; hosts = [] }
  in
  (* The line from [start] on: where it stops, and where the next one starts. *)
  let line start =
    let lf =
      match String.index_from_opt head start '\n' with
      | Some lf -> lf
      | None -> bad "the head is cut off"
    in
    ((if lf > start && head.[lf - 1] = '\r' then lf - 1 else lf), lf + 1)
  in
  let rec fields start left read =
    let stop, next = line start in
    if stop = start then read
    else if left = 0 then
      refuse `Request_header_fields_too_large "there are too many header fields"
    else begin
      let ((name, value) as field) = field head start stop in
      notice found name value;
      fields next (left - 1) (field :: read)
    end
  in
  try
    let stop, next = line 0 in
    let meth, target, version = request_line head stop in
    let headers = Cohttp_bridge.headers (fields next max_fields []) in
    check_host version found;
    let encoding = encoding version found in
    let request =
      Cohttp_bridge.request ~meth ~target ~version ~encoding headers
    in
    Ok { request; connection = found.connections; expect = found.expectations }
  with Refused refusal -> Error refusal
