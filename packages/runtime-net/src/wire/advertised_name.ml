(* SPDX-License-Identifier: ISC *)

let max_length = 253
let max_label = 63
let max_names = 32

(* RFC 1035, section 4.1.4. *)
let max_references = 16

let is_label label =
  let length = String.length label in
  let is_fine = function
    | 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '-' | '_' -> true
    | _ -> false
  in
  length > 0 && length <= max_label && label.[0] <> '-' && String.for_all is_fine label

let of_labels labels =
  let name = String.concat "." labels in
  if labels <> [] && String.length name <= max_length && List.for_all is_label labels
  then Some name
  else None

let rec without_end text =
  let last = String.length text - 1 in
  if last >= 0 && (text.[last] = '.' || text.[last] = '\000') then
    without_end (String.sub text 0 last)
  else text

let of_text text = of_labels (String.split_on_char '.' (without_end text))

(* The labels from [off] on, and where the name ends. References lead backwards. *)
let rec labels octets off ~references found =
  if off >= String.length octets then None
  else
    let length = Char.code octets.[off] in
    if length = 0 then Some (List.rev found, off + 1)
    else if length land 0xc0 = 0xc0 && off + 1 < String.length octets then
      let target = ((length land 0x3f) lsl 8) lor Char.code octets.[off + 1] in
      if target >= off || references = 0 then None
      else
        match labels octets target ~references:(references - 1) found with
        | Some (found, _) -> Some (found, off + 2)
        | None -> None
    else if length > max_label || off + 1 + length > String.length octets then None
    else if List.length found > max_length / 2 then None
    else
      labels octets (off + 1 + length) ~references
        (String.sub octets (off + 1) length :: found)

let list_of_wire octets =
  let rec go off found =
    if off >= String.length octets || List.length found = max_names then List.rev found
    else
      match labels octets off ~references:max_references [] with
      | None -> List.rev found
      | Some (parts, next) -> (
        match of_labels parts with
        | Some name -> go next (name :: found)
        | None -> List.rev found)
  in
  go 0 []
