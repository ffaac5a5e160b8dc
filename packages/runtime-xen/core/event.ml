(* SPDX-License-Identifier: ISC *)

type port = int

(* What one SCHEDOP_poll takes (xen/common/sched/core.c). *)
let max_ports = 128
let ports = Bigarray.(Array1.create int32 c_layout max_ports)
let handlers : (unit -> unit) array = Array.make max_ports ignore
let count = ref 0

let rec index_of port i =
  if i = !count then None
  else if ports.{i} = Int32.of_int port then Some i
  else index_of port (i + 1)

let listen port handler =
  match index_of port 0 with
  | Some i -> handlers.(i) <- handler
  | None ->
      if !count = max_ports then failwith "too many event channels";
      ports.{!count} <- Int32.of_int port;
      handlers.(!count) <- handler;
      incr count

let forget port =
  Option.iter
    (fun i ->
      decr count;
      ports.{i} <- ports.{!count};
      handlers.(i) <- handlers.(!count);
      handlers.(!count) <- ignore)
    (index_of port 0)

let dispatch () =
  let rec from i any =
    if i >= !count then any
    else if Kernel.event_take (Int32.to_int ports.{i}) then begin
      handlers.(i) ();
      from (i + 1) true
    end
    else from (i + 1) any
  in
  from 0 false

let wait deadline = Kernel.wait ports !count deadline

let alloc domain =
  match Kernel.event_alloc domain with
  | 0 -> failwith "no event channel left"
  | port -> port

let send = Kernel.event_send

let close port =
  forget port;
  Kernel.event_close port
