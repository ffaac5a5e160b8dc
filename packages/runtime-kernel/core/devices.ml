(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

type 'a device = {
  key : string;
  answers_to : string -> bool;
  open_device : unit -> ('a, string) result Lwt.t;
}

type 'a bus = {
  name : string;
  is_here : unit -> bool;
  find : unit -> 'a device list Lwt.t;
  advice : string;
}

type 'a t = {
  what : string;
  names : Names.t;
  mutable buses : 'a bus list;
  opening : Lwt_mutex.t;
  changed : unit Lwt_condition.t;
}

let create ~what ?default ~variable () =
  {
    what;
    names = Names.create ?default ~variable ();
    buses = [];
    opening = Lwt_mutex.create ();
    changed = Lwt_condition.create ();
  }

let add_bus t bus = t.buses <- t.buses @ [ bus ]
let forget t id = Names.forget t.names id
let changed t = Lwt_condition.broadcast t.changed ()
let next_change t = Lwt_condition.wait t.changed
let present t = List.filter (fun bus -> bus.is_here ()) t.buses

(* Keys are a bus's own. *)
let find t =
  let of_bus bus =
    bus.find () >|= List.map (fun device -> { device with key = bus.name ^ " " ^ device.key })
  in
  Lwt_list.map_s of_bus (present t) >|= List.concat

let missing t id devices =
  let there =
    match devices with
    | [] -> "the machine has none"
    | _ -> "the machine has only " ^ String.concat ", " (List.map (fun d -> d.key) devices)
  in
  let advice =
    match present t with
    | [] -> "it is on no bus that the kernel knows"
    | buses -> String.concat "; " (List.map (fun bus -> bus.advice) buses)
  in
  Error (Printf.sprintf "no %s for %S: %s (%s)" t.what id there advice)

let named d = { Names.key = d.key; answers_to = d.answers_to }

let set_aside t id =
  find t >|= fun devices -> Names.set_aside t.names id (List.map named devices)

let open_named t id =
  find t >>= fun devices ->
  match Names.assign t.names id (List.map named devices) with
  | Some { key; _ } -> (List.find (fun d -> d.key = key) devices).open_device ()
  | None -> Lwt.return (missing t id devices)

let open_device t id =
  Lwt_mutex.with_lock t.opening @@ fun () ->
  Lwt.catch
    (fun () -> open_named t id)
    (function Failure why -> Lwt.return (Error why) | e -> Lwt.fail e)
