(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core

type t = {
  path : string;
  index : int;
  backend : string;
  domain : int;
  changed : unit Lwt_condition.t;
  mutable changes : int;
  mutable watch : Store.watch option;
}

(* enum xenbus_state of xen/io/xenbus.h *)
type state = Unknown | Initialising | Init_wait | Initialised | Connected | Closing | Closed

let number_of = function
  | Unknown -> 0
  | Initialising -> 1
  | Init_wait -> 2
  | Initialised -> 3
  | Connected -> 4
  | Closing -> 5
  | Closed -> 6

let state_of = function
  | "1" -> Initialising
  | "2" -> Init_wait
  | "3" -> Initialised
  | "4" -> Connected
  | "5" -> Closing
  | "6" -> Closed
  | _ -> Unknown

let path t name = t.path ^ "/" ^ name
let domain t = t.domain
let index t = t.index
let write t name value = Store.write (path t name) value
let write_int t name n = write t name (string_of_int n)
let read t name = Store.read_opt (path t name)
let read_backend t name = Store.read_opt (t.backend ^ "/" ^ name)

let backend_has t feature =
  read_backend t feature >|= fun value -> Option.map String.trim value = Some "1"

let set_state t state = write_int t "state" (number_of state)

let note_change t () =
  t.changes <- t.changes + 1;
  Lwt_condition.broadcast t.changed ()

let backend_state t =
  read_backend t "state" >|= function
  | Some state -> state_of state
  | None -> Closed

(* The state is read again if it changed while it was read. *)
let rec wait t wanted =
  let seen = t.changes in
  backend_state t >>= fun state ->
  if wanted state then Lwt.return state
  else if t.changes <> seen then wait t wanted
  else Lwt_condition.wait t.changed >>= fun () -> wait t wanted

let is_gone = function Closing | Closed -> true | _ -> false

let patience = 10_000_000_000

let wait_for t state =
  let timeout = Timer.sleep patience >|= fun () -> None in
  let reached =
    wait t (fun s -> s = state || (is_gone s && state <> Init_wait)) >|= Option.some
  in
  Lwt.pick [ reached; timeout ] >|= function
  | Some s when s = state -> Ok ()
  | Some _ -> Error (t.backend ^ ": the other domain has closed the device")
  | None -> Error (t.backend ^ ": the other domain does not set up the device")

let gone t = wait t is_gone >|= ignore

(* Paths of the devices that the program uses. *)
let used : (string, unit) Hashtbl.t = Hashtbl.create 7

let close t =
  match t.watch with
  | None -> Lwt.return_unit
  | Some watch ->
      t.watch <- None;
      set_state t Closing >>= fun () ->
      Lwt.pick [ gone t; Timer.sleep patience ] >>= fun () ->
      Store.unwatch watch >>= fun () ->
      Hashtbl.remove used t.path;
      set_state t Closed

(* What is about to be taken away is better left alone. *)
let is_offline backend =
  Store.read_opt (backend ^ "/online") >|= fun online -> online = Some "0"

let open_device (path, index) =
  Store.read_opt (path ^ "/backend") >>= fun backend ->
  Option.fold ~none:Lwt.return_false ~some:is_offline backend >>= fun is_offline ->
  Store.read_opt (path ^ "/backend-id") >>= fun domain ->
  match (backend, Option.bind domain int_of_string_opt) with
  | Some _, _ when is_offline ->
      Lwt.return (Error (path ^ ": the device is being taken away"))
  | Some backend, Some domain ->
      Hashtbl.replace used path ();
      let changed = Lwt_condition.create () in
      let t = { path; index; backend; domain; changed; changes = 0; watch = None } in
      set_state t Initialising >>= fun () ->
      Store.watch (backend ^ "/state") (note_change t) >>= fun watch ->
      t.watch <- Some watch;
      wait_for t Init_wait >>= (function
      | Ok () -> Lwt.return (Ok t)
      | Error why -> close t >|= fun () -> Error why)
  | _ -> Lwt.return (Error (path ^ ": no such device"))

(* {2 Devices that come and go} *)

let tended : (string, unit) Hashtbl.t = Hashtbl.create 7

(* dom0 waits for our side before it takes a device away, even if we have never used it. To say so
   again would be a change to look at again. *)
let tend_backend path backend =
  let gone, tell = Lwt.wait () in
  let look () =
    Report.guard path (fun () ->
        Store.read_opt (backend ^ "/state") >|= fun state ->
        let is_over = Option.fold ~none:true ~some:(fun s -> is_gone (state_of s)) state in
        if is_over && Lwt.is_sleeping gone then Lwt.wakeup_later tell ())
  in
  Store.watch (backend ^ "/state") look >>= fun watch ->
  gone >>= fun () ->
  Store.unwatch watch >>= fun () ->
  Store.read_opt (path ^ "/state") >>= fun ours ->
  match Option.map state_of ours with
  | None | Some Closed -> Lwt.return_unit
  | Some _ when Hashtbl.mem used path -> Lwt.return_unit
  | Some _ -> Store.write (path ^ "/state") (string_of_int (number_of Closed))

let tend path =
  if Hashtbl.mem tended path then Lwt.return_unit
  else begin
    Hashtbl.replace tended path ();
    Lwt.finalize
      (fun () ->
        Store.read_opt (path ^ "/backend") >>= function
        | Some backend -> tend_backend path backend
        | None -> Lwt.return_unit)
      (fun () -> Lwt.return (Hashtbl.remove tended path))
  end

let indices kind =
  Store.directory ("device/" ^ kind) >|= fun names ->
  List.sort Int.compare (List.filter_map int_of_string_opt names)

type device = string * int

let path_of kind index = Printf.sprintf "device/%s/%d" kind index

let follow devices kind =
  let look () =
    indices kind >|= fun indices ->
    List.iter (fun i -> Report.guard kind (fun () -> tend (path_of kind i))) indices;
    Devices.changed devices
  in
  Store.watch ("device/" ^ kind) (fun () -> Report.guard kind look) >|= ignore

let add_bus devices ~kind ~answers_to ~advice connect =
  let refused = function
    | Store.Error why -> Lwt.return (Error ("xenstore: " ^ why))
    | e -> Lwt.fail e
  in
  let device index : _ Devices.device =
    {
      key = kind ^ " " ^ string_of_int index;
      answers_to = answers_to index;
      open_device = (fun () -> Lwt.catch (fun () -> connect (path_of kind index, index)) refused);
    }
  in
  Host.add_listener (fun _ ->
      if Store.is_available () then Report.guard kind (fun () -> follow devices kind));
  Devices.add_bus devices
    {
      name = "xen";
      is_here = Store.is_available;
      find = (fun () -> indices kind >|= List.map device);
      advice;
    }
