(* SPDX-License-Identifier: ISC *)

type device = { key : string; answers_to : string -> bool }

type t = {
  variable : string;
  default : string option;
  mutable assigned : (string * string) list;  (** names and keys *)
}

let create ?default ~variable () = { variable; default; assigned = [] }

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

let unassigned t =
  List.filter (fun d -> not (List.exists (fun (_, key) -> key = d.key) t.assigned))

(* The first device is left to the default name, if there are others. *)
let next_free t devices =
  let others = match (t.default, devices) with Some _, _ :: rest -> rest | _ -> [] in
  match unassigned t others @ unassigned t devices with
  | first :: _ -> Some first
  | [] -> None

let choose t name devices =
  let called wanted = List.find_opt (fun d -> d.answers_to wanted) devices in
  match configured t name with
  | Some value -> called value
  | None -> (
      match called name with
      | Some device -> Some device
      | None when t.default = Some name -> List.nth_opt devices 0
      | None -> next_free t devices)

let assign t name devices =
  match List.assoc_opt name t.assigned with
  | Some key -> List.find_opt (fun d -> d.key = key) devices
  | None ->
      let chosen = choose t name devices in
      Option.iter (fun d -> t.assigned <- (name, d.key) :: t.assigned) chosen;
      chosen

let forget t name = t.assigned <- List.remove_assoc name t.assigned
