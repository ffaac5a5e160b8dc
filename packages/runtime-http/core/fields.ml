(* SPDX-License-Identifier: ISC *)

type refusal = Cohttp.Code.status_code * string

exception Refused of refusal

let refuse status reason = raise_notrace (Refused (status, reason))
let bad reason = refuse `Bad_request reason

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

let line head start =
  let lf =
    match String.index_from_opt head start '\n' with
    | Some lf -> lf
    | None -> bad "the head is cut off"
  in
  ((if lf > start && head.[lf - 1] = '\r' then lf - 1 else lf), lf + 1)

let read head start ~max ~notice =
  let rec read start left fields =
    let stop, next = line head start in
    if stop = start then fields
    else if left = 0 then
      refuse `Request_header_fields_too_large "there are too many header fields"
    else begin
      let ((name, value) as field) = field head start stop in
      notice name value;
      read next (left - 1) (field :: fields)
    end
  in
  read start max []
