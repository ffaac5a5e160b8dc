(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_core

type port = int

let handlers : (port * (unit -> unit)) list ref = ref []

let listen port handler =
  if List.mem_assoc port !handlers then
    handlers := (port, handler) :: List.remove_assoc port !handlers
  else if Hypervisor.event_listen port then handlers := (port, handler) :: !handlers
  else failwith "too many event channels"

let forget port =
  Hypervisor.event_forget port;
  handlers := List.remove_assoc port !handlers

(* A handler may end others. *)
let dispatch () =
  let handle any (port, handler) =
    if Hypervisor.event_take port then begin
      if List.mem_assoc port !handlers then handler ();
      true
    end
    else any
  in
  List.fold_left handle false !handlers

let () = Source.add dispatch

let alloc domain =
  match Hypervisor.event_alloc domain with
  | 0 -> failwith "no event channel left"
  | port -> port

let send = Hypervisor.event_send

let close port =
  forget port;
  Hypervisor.event_close port
