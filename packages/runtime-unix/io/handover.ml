(* SPDX-License-Identifier: ISC *)

type found = Found of string | Others of string list | Absent

let pair entry =
  match String.index_opt entry '=' with
  | None -> (entry, "")
  | Some i ->
      (String.sub entry 0 i, String.sub entry (i + 1) (String.length entry - i - 1))

let find variable name =
  match Sys.getenv_opt variable with
  | None | Some "" -> Absent
  | Some value -> (
      let pairs = List.map pair (String.split_on_char ',' value) in
      match List.assoc_opt name pairs with
      | Some value -> Found value
      | None -> Others (List.map fst pairs))
