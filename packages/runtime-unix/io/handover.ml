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

type file = { descriptor : Unix.file_descr; read_write : bool }

let files = "MIRAGE_FILES"

(* NUMBER ro|rw PATH *)
let file_of_line line =
  match String.split_on_char ' ' line with
  | number :: (("ro" | "rw") as access) :: path ->
      let named number =
        (String.concat " " path, (Fd.of_int number, access = "rw"))
      in
      Option.map named (int_of_string_opt number)
  | _ -> None

let file path =
  let lines = String.split_on_char '\n' (Option.value ~default:"" (Sys.getenv_opt files)) in
  let duplicate (fd, read_write) =
    { descriptor = Unix.dup ~cloexec:true fd; read_write }
  in
  Option.map duplicate (List.assoc_opt path (List.filter_map file_of_line lines))
