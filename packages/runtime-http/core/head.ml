(* SPDX-License-Identifier: ISC *)

open Cohttp

type refusal = Code.status_code * string

exception Refused of refusal

let refuse status reason = raise_notrace (Refused (status, reason))
let bad reason = refuse `Bad_request reason
let is_target_char c = c > ' ' && c <> '\127'

(* {2 Request line} *)

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

(* RFC 9112, section 3.2. *)
let is_target meth target =
  target <> ""
  && String.for_all is_target_char target
  &&
  match meth with
  | `CONNECT -> Authority.is_valid target && String.contains target ':'
  | _ ->
      target.[0] = '/'
      || (target = "*" && meth = `OPTIONS)
      || is_absolute target

let request_line line =
  match String.split_on_char ' ' line with
  | [ meth; target; http_version ] ->
      let version = version http_version in
      if not (Grammar.is_token meth) then bad "the method is not a token";
      let meth = Code.method_of_string meth in
      if not (is_target meth target) then bad "the request's target is malformed";
      (meth, target, version)
  | _ -> bad "the request line is not a method, a target and a version"

(* {2 Header fields} *)

(* The field in [head] from [start] to before [stop]. *)
let field head start stop =
  let rec colon i =
    if i = stop then bad "a header line has no colon"
    else
      match head.[i] with
      | ':' when i > start -> i
      | c when Grammar.is_token_char c -> colon (i + 1)
      | _ -> bad "a header's name is not a token"
  in
  let colon = colon start in
  let is_blank i = head.[i] = ' ' || head.[i] = '\t' in
  let rec first i = if i < stop && is_blank i then first (i + 1) else i in
  let first = first (colon + 1) in
  let rec last i = if i > first && is_blank (i - 1) then last (i - 1) else i in
  let last = last stop in
  for i = first to last - 1 do
    if not (Grammar.is_field_char head.[i]) then
      bad "a header's value has control characters"
  done;
  (String.sub head start (colon - start), String.sub head first (last - first))

(* {2 Framing of the body: RFC 9112, section 6} *)

(* What decides on it, and on the host, gathered while the fields are read. *)
type found = {
  mutable lengths : string list;
  mutable codings : string list;
  mutable hosts : string list;
}

let notice found name value =
  match String.length name with
  | 4 when Grammar.equal_token name "host" -> found.hosts <- value :: found.hosts
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
  | _, [] when version = `HTTP_1_0 -> bad "HTTP/1.0 has no transfer encoding"
  | [ coding ], [] when Grammar.equal_token coding "chunked" -> Transfer.Chunked
  | _, [] -> refuse `Not_implemented "the only transfer encoding known is chunked"

(* RFC 9112, section 3.2. *)
let check_host version { hosts; _ } =
  match hosts with
  | [ host ] ->
      if not (Authority.is_valid host) then bad "the host header names no host"
  | [] -> if version <> `HTTP_1_0 then bad "there is no host header"
  | _ -> bad "there are several host headers"

(* {2 Lines} *)

let parse ~max_fields head =
  let found = { lengths = []; codings = []; hosts = [] } in
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
    let meth, target, version = request_line (String.sub head 0 stop) in
    let headers = Cohttp_bridge.headers (fields next max_fields []) in
    check_host version found;
    let encoding = encoding version found in
    Ok (Cohttp_bridge.request ~meth ~target ~version ~encoding headers)
  with Refused refusal -> Error refusal
