(* SPDX-License-Identifier: ISC *)

open Cohttp

type t = { response : Response.t; keeps_alive : bool }

let bad reason = raise_notrace (Fields.Refused (`Bad_gateway, reason))

(* {2 Status line} *)

let version = function
  | "HTTP/1.1" -> `HTTP_1_1
  | "HTTP/1.0" -> `HTTP_1_0
  | _ -> bad "the server does not speak HTTP/1.1"

(* A reason need not follow the code, nor the space before it. *)
let status_line head stop =
  let text = String.sub head 0 stop in
  if String.length text < 12 || text.[8] <> ' ' then
    bad "the first line is no status line";
  let version = version (String.sub text 0 8) in
  let code = String.sub text 9 3 in
  if not (String.for_all Grammar.is_digit code) then
    bad "the status is not a number of three digits";
  if String.length text > 12 && text.[12] <> ' ' then
    bad "the first line is no status line";
  (version, Code.status_of_code (int_of_string code))

(* {2 Framing of the body: section 6.3} *)

type found = {
  mutable connections : string list;
  mutable lengths : string list;
  mutable codings : string list;
}

let notice found name value =
  match String.length name with
  | 10 when Grammar.equal_token name "connection" ->
      found.connections <- value :: found.connections
  | 14 when Grammar.equal_token name "content-length" ->
      found.lengths <- value :: found.lengths
  | 17 when Grammar.equal_token name "transfer-encoding" ->
      found.codings <- value :: found.codings
  | _ -> ()

let has_no_body meth status =
  let code = Code.code_of_status status in
  meth = `HEAD || code < 200 || code = 204 || code = 304

let length value =
  match Grammar.number value ~max:Int64.max_int with
  | Some length -> Transfer.Fixed length
  | None -> bad "the content length is not a number"

let encoding meth status { lengths; codings; _ } =
  match (codings, lengths) with
  | _ when has_no_body meth status -> Transfer.Fixed 0L
  | [], [] -> Transfer.Unknown
  | [], first :: others ->
      if List.for_all (String.equal first) others then length first
      else bad "there are several content lengths"
  | _ :: _, _ :: _ -> bad "there are both a transfer encoding and a content length"
  | [ coding ], [] when Grammar.equal_token coding "chunked" -> Transfer.Chunked
  | _, [] -> bad "the only transfer encoding known is chunked"

let keeps_alive version encoding { connections; _ } =
  encoding <> Transfer.Unknown
  && (not (Grammar.has_token "close" connections))
  && (version = `HTTP_1_1 || Grammar.has_token "keep-alive" connections)

let parse ~max_fields ~meth head =
  let found = { connections = []; lengths = []; codings = [] } in
  try
    let stop, next = Fields.line head 0 in
    let version, status = status_line head stop in
    let fields = Fields.read head next ~max:max_fields ~notice:(notice found) in
    let encoding = encoding meth status found in
    let headers = Cohttp_bridge.headers fields in
    let response = Cohttp_bridge.response ~status ~encoding headers in
    Ok { response; keeps_alive = keeps_alive version encoding found }
  with Fields.Refused (_, reason) -> Error reason
