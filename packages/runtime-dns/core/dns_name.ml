(* SPDX-License-Identifier: ISC *)

type t = string list

let max_label = 63
let max_octets = 255

let octets labels =
  List.fold_left (fun sum label -> sum + 1 + String.length label) 1 labels

let is_label label =
  let length = String.length label in
  length > 0 && length <= max_label

let of_labels labels =
  if List.for_all is_label labels && octets labels <= max_octets then Some labels
  else None

let is_host_char = function
  | 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '-' | '_' -> true
  | _ -> false

let shape text =
  match String.index_opt text '.' with
  | _ when text <> "" && text.[String.length text - 1] = '.' -> `Absolute
  | Some _ -> `Dotted
  | None -> `Single

let without_dot text =
  match shape text with
  | `Absolute -> String.sub text 0 (String.length text - 1)
  | `Dotted | `Single -> text

let complaint label =
  let length = String.length label in
  if length = 0 then Some "it has an empty label"
  else if length > max_label then Some "a label has more than 63 characters"
  else if not (String.for_all is_host_char label) then
    Some "only letters, digits, hyphens and underscores make a label"
  else if label.[0] = '-' || label.[length - 1] = '-' then
    Some "a label starts or ends with a hyphen"
  else None

let of_host text =
  let labels = String.split_on_char '.' (without_dot text) in
  match List.find_map complaint labels with
  | Some why -> Error why
  | None when octets labels > max_octets ->
      Error "it has more than 253 characters"
  | None -> Ok labels

let to_string = String.concat "."
let canonical = List.map String.lowercase_ascii
let equal a b = List.equal String.equal (canonical a) (canonical b)
let append a b = of_labels (a @ b)

let scramble bits t =
  let letters = ref 0 in
  let scrambled c =
    match Char.lowercase_ascii c with
    | 'a' .. 'z' as letter ->
        let upper = bits !letters in
        incr letters;
        if upper then Char.uppercase_ascii letter else letter
    | other -> other
  in
  List.map (String.map scrambled) t
