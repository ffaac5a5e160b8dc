(* SPDX-License-Identifier: ISC *)

type device = { key : string; answers_to : string -> bool }

type t = {
  variable : string;
  default : string option;
  mutable assigned : (string * string) list;  (** names and keys *)
  mutable set_aside : string list;  (** keys *)
}

let create ?default ~variable () = { variable; default; assigned = []; set_aside = [] }

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

let called name devices = List.find_opt (fun d -> d.answers_to name) devices

(* What the machine's owner, or the program, has named. *)
let chosen t name devices =
  match configured t name with
  | Some value -> `Named (called value devices)
  | None -> (
      match called name devices with
      | Some device -> `Named (Some device)
      | None -> `Unnamed)

let choose t name devices =
  match chosen t name devices with
  | `Named device -> device
  | `Unnamed -> (
      let free = List.filter (fun d -> not (List.mem d.key t.set_aside)) devices in
      match free with
      | first :: _ when t.default = Some name -> Some first
      | _ -> next_free t free)

let assign t name devices =
  match List.assoc_opt name t.assigned with
  | Some key -> List.find_opt (fun d -> d.key = key) devices
  | None ->
      let chosen = choose t name devices in
      Option.iter (fun d -> t.assigned <- (name, d.key) :: t.assigned) chosen;
      chosen

let set_aside t name devices =
  match (chosen t name devices, List.assoc_opt name t.assigned) with
  | `Unnamed, Some key ->
      t.assigned <- List.remove_assoc name t.assigned;
      t.set_aside <- key :: t.set_aside;
      true
  | `Named _, _ | `Unnamed, None -> false

let forget t name = t.assigned <- List.remove_assoc name t.assigned
