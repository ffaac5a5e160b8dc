(* SPDX-License-Identifier: ISC *)

(* Reads texts from stdin, each behind a line with its length in bytes, and prints a line for each:
   what opam's own parser makes of it, or "refused". Strings are percent-encoded. *)

open OpamParserTypes.FullPos

let out = Buffer.create 65536
let add = Buffer.add_string out

let text s =
  String.iter
    (function
      | ('a' .. 'z' | 'A' .. 'Z' | '0' .. '9') as c -> Buffer.add_char out c
      | c -> Printf.bprintf out "%%%02x" (Char.code c))
    s

let relop = function
  | `Eq -> "=" | `Neq -> "!=" | `Geq -> ">=" | `Gt -> ">" | `Leq -> "<=" | `Lt -> "<"

let envop : env_update_op_kind -> string =
  let open OpamParserTypes in
  function
  | Eq -> "=" | PlusEq -> "+=" | EqPlus -> "=+" | ColonEq -> ":=" | EqColon -> "=:"
  | EqPlusEq -> "=+="

let rec node name children =
  add "(";
  add name;
  List.iter (fun child -> add " "; value child) children;
  add ")"

and value v =
  match v.pelem with
  | Bool b -> Printf.bprintf out "(bool %b)" b
  | Int i -> Printf.bprintf out "(int %d)" i
  | String s -> add "(string "; text s; add ")"
  | Ident s -> add "(ident "; text s; add ")"
  | Relop (op, l, r) -> node ("relop " ^ relop op.pelem) [ l; r ]
  | Prefix_relop (op, x) -> node ("prefix-relop " ^ relop op.pelem) [ x ]
  | Env_binding (l, op, r) -> node ("env " ^ envop op.pelem) [ l; r ]
  | Logop (op, l, r) -> node (match op.pelem with `And -> "and" | `Or -> "or") [ l; r ]
  | Pfxop (op, x) -> node (match op.pelem with `Not -> "not" | `Defined -> "defined") [ x ]
  | List l -> node "list" l.pelem
  | Group l -> node "group" l.pelem
  | Option (x, l) -> node "option" (x :: l.pelem)

let rec item i =
  match i.pelem with
  | Variable (name, v) -> add "(field "; text name.pelem; add " "; value v; add ")"
  | Section s ->
    add "(section ";
    text s.section_kind.pelem;
    add (match s.section_name with None -> "" | Some _ -> " label ");
    Option.iter (fun label -> text label.pelem) s.section_name;
    List.iter (fun inner -> add " "; item inner) s.section_items.pelem;
    add ")"

let () =
  set_binary_mode_in stdin true;
  try
    while true do
      let length = int_of_string (input_line stdin) in
      let contents = really_input_string stdin length in
      Buffer.clear out;
      match OpamParser.FullPos.string contents "x" with
      | file -> List.iter item file.file_contents; print_endline (Buffer.contents out)
      | exception _ -> print_endline "refused"
    done
  with End_of_file -> ()
