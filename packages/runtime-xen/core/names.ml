(* SPDX-License-Identifier: ISC *)

type t = {
  variable : string;
  default : string option;
  parse : string -> int option;
  mutable assigned : (string * int) list;
}

let create ?default ~variable ~parse () = { variable; default; parse; assigned = [] }

(* The value of [name] in a list [NAME=VALUE,…]. *)
let value_in list name =
  let value item =
    match String.split_on_char '=' item with
    | [ key; value ] when key = name -> Some value
    | _ -> None
  in
  List.find_map value (String.split_on_char ',' list)

let configured t name =
  Option.bind (Sys.getenv_opt t.variable) (fun list -> value_in list name)

let unassigned t = List.filter (fun i -> not (List.exists (fun (_, j) -> i = j) t.assigned))

(* The first device is left to the default name, if there are others. *)
let next_free t indices =
  let others = match (t.default, indices) with Some _, _ :: rest -> rest | _ -> [] in
  match unassigned t others @ unassigned t indices with
  | first :: _ -> Some first
  | [] -> None

let choose t name indices =
  let existing = Option.fold ~none:None ~some:(fun i -> List.find_opt (( = ) i) indices) in
  match configured t name with
  | Some value -> existing (t.parse value)
  | None -> (
      match existing (t.parse name) with
      | Some index -> Some index
      | None when t.default = Some name -> List.nth_opt indices 0
      | None -> next_free t indices)

let assign t name indices =
  match List.assoc_opt name t.assigned with
  | Some index -> Some index
  | None ->
      let chosen = choose t name indices in
      Option.iter (fun index -> t.assigned <- (name, index) :: t.assigned) chosen;
      chosen
