(* SPDX-License-Identifier: ISC *)

open Cohttp

type refusal = Fields.refusal

type t = {
  request : Request.t;
  connection : string list;
  expect : string list;
}

let refuse status reason = raise_notrace (Fields.Refused (status, reason))
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
  try
    let stop, next = Fields.line head 0 in
    let meth, target, version = request_line head stop in
    let headers =
      Cohttp_bridge.headers
        (Fields.read head next ~max:max_fields ~notice:(notice found))
    in
    check_host version found;
    let encoding = encoding version found in
    let request =
      Cohttp_bridge.request ~meth ~target ~version ~encoding headers
    in
    Ok { request; connection = found.connections; expect = found.expectations }
  with Fields.Refused refusal -> Error refusal
