(* SPDX-License-Identifier: ISC *)

open Cohttp

let ( let* ) = Result.bind
let bad reason = Error (`Bad_request, reason)

(* RFC 9110, section 5.6.2. *)
let is_token_char = function
  | 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' -> true
  | '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' -> true
  | '.' | '^' | '_' | '`' | '|' | '~' -> true
  | _ -> false

let is_token s = s <> "" && String.for_all is_token_char s
let is_digit = function '0' .. '9' -> true | _ -> false

(* Octets above 127 are opaque data, RFC 9110, section 5.5. *)
let is_field_char c = c = '\t' || (c >= ' ' && c <> '\127')
let is_target_char c = c > ' ' && c <> '\127'

let trim_line_end line =
  let length = String.length line in
  if length > 0 && line.[length - 1] = '\r' then String.sub line 0 (length - 1)
  else line

(* {2 Request line} *)

let version = function
  | "HTTP/1.1" -> Ok `HTTP_1_1
  | "HTTP/1.0" -> Ok `HTTP_1_0
  | v when String.length v = 8 && String.starts_with ~prefix:"HTTP/1." v && is_digit v.[7] ->
      Ok `HTTP_1_1
  | v when String.starts_with ~prefix:"HTTP/" v ->
      Error (`Http_version_not_supported, "only HTTP/1.0 and HTTP/1.1 are spoken here")
  | _ -> bad "the request line does not end with an HTTP version"

(* RFC 9112, section 3.2. *)
let is_target meth target =
  target <> ""
  && String.for_all is_target_char target
  && (target.[0] = '/'
     || (target = "*" && meth = `OPTIONS)
     || meth = `CONNECT
     || Option.is_some (Uri.scheme (Uri.of_string target)))

let request_line line =
  match String.split_on_char ' ' line with
  | [ meth; target; http_version ] ->
      let* version = version http_version in
      if not (is_token meth) then bad "the method is not a token"
      else
        let meth = Code.method_of_string meth in
        if is_target meth target then Ok (meth, target, version)
        else bad "the request's target is malformed"
  | _ -> bad "the request line is not a method, a target and a version"

(* {2 Header fields} *)

let field line =
  match String.index_opt line ':' with
  | None -> bad "a header line has no colon"
  | Some colon ->
      let name = String.sub line 0 colon in
      let value =
        String.sub line (colon + 1) (String.length line - colon - 1)
        |> String.trim
      in
      if not (is_token name) then bad "a header's name is not a token"
      else if not (String.for_all is_field_char value) then
        bad "a header's value has control characters"
      else Ok (name, value)

(* The last one first, which is the order that Header.of_list keeps. *)
let rec fields found = function
  | [] -> Ok (Header.of_list found)
  | line :: rest ->
      let* field = field line in
      fields (field :: found) rest

(* {2 Framing of the body: RFC 9112, section 6} *)

(* 18 digits fit into 63 bits. *)
let length value =
  if value <> "" && String.length value <= 18 && String.for_all is_digit value
  then Ok (Transfer.Fixed (Int64.of_string ("0u" ^ value)))
  else bad "the content length is not a number"

let encoding version headers =
  match
    (Header.get_multi headers "transfer-encoding", Header.get_multi headers "content-length")
  with
  | [], [] -> Ok (Transfer.Fixed 0L)
  | [], first :: others ->
      if List.for_all (String.equal first) others then length first
      else bad "there are several content lengths"
  | _ :: _, _ :: _ -> bad "there are both a transfer encoding and a content length"
  | _, [] when version = `HTTP_1_0 -> bad "HTTP/1.0 has no transfer encoding"
  | [ coding ], [] when String.lowercase_ascii coding = "chunked" ->
      Ok Transfer.Chunked
  | _, [] -> Error (`Not_implemented, "the only transfer encoding known is chunked")

(* RFC 9112, section 3.2. *)
let check_host version headers =
  match Header.get_multi headers "host" with
  | [ _ ] -> Ok ()
  | [] when version = `HTTP_1_0 -> Ok ()
  | [] -> bad "there is no host header"
  | _ -> bad "there are several host headers"

let rec without_empty_end = function
  | [] | [ "" ] | [ ""; "" ] -> []
  | line :: rest -> line :: without_empty_end rest

let parse head =
  let lines =
    String.split_on_char '\n' head |> List.map trim_line_end |> without_empty_end
  in
  match lines with
  | [] -> bad "there is no request line"
  | first :: rest ->
      let* meth, resource, version = request_line first in
      let* headers = fields [] rest in
      let* () = check_host version headers in
      let* encoding = encoding version headers in
      Ok { Request.meth; resource; version; headers; encoding; scheme = None }
