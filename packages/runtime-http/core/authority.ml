(* SPDX-License-Identifier: ISC *)

(* RFC 3986, appendix A: unreserved and sub-delims. *)
let is_name_char = function
  | 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' -> true
  | '-' | '.' | '_' | '~' -> true
  | '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=' -> true
  | _ -> false

(* reg-name; an IPv4 address is one as well. *)
let is_name s =
  let length = String.length s in
  let hex i = i < length && Grammar.is_hex_digit s.[i] in
  let rec from i =
    i = length
    ||
    if s.[i] = '%' then hex (i + 1) && hex (i + 2) && from (i + 3)
    else is_name_char s.[i] && from (i + 1)
  in
  length > 0 && from 0

(* IPvFuture is known of no client. *)
let is_ipv6 s = Result.is_ok (Ipaddr.V6.of_string s)

let is_port s =
  let rec from i n =
    n <= 65535
    && (i = String.length s
       || Grammar.is_digit s.[i]
          && from (i + 1) ((10 * n) + Char.code s.[i] - Char.code '0'))
  in
  from 0 0

let is_valid s =
  let length = String.length s in
  let rest i = String.sub s i (length - i) in
  if length > 0 && s.[0] = '[' then
    match String.index_opt s ']' with
    | None -> false
    | Some close -> (
        is_ipv6 (String.sub s 1 (close - 1))
        &&
        match rest (close + 1) with
        | "" -> true
        | port -> port.[0] = ':' && is_port (rest (close + 2)))
  else
    match String.index_opt s ':' with
    | None -> is_name s
    | Some colon -> is_name (String.sub s 0 colon) && is_port (rest (colon + 1))
