(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_js_host

type 'a io = 'a Lwt.t
type buffer = Cstruct.t
type ipv4 = Ipaddr.V4.t option
type ipv4addr = Ipaddr.V4.t
type ipv4input = unit Lwt.t
type error = [ `Unknown of string | `Timeout | `Refused ]

type flow = {
  flow : Host.flow;
  peer : Ipaddr.V4.t * int;
  mutable own_side_closed : bool;
}

type callback = flow -> unit io

type t = {
  address : Ipaddr.V4.t option;
  mutable listeners : (int * Host.listener) list;
  callbacks : (int, callback) Hashtbl.t;
  closed : unit Lwt.t;
  close : unit Lwt.u;
}

let id t = t.address

let connect address =
  let closed, close = Lwt.wait () in
  Lwt.return
    (`Ok { address; listeners = []; callbacks = Hashtbl.create 7; closed; close })

let disconnect t =
  if Lwt.is_sleeping t.closed then begin
    List.iter (fun (_, listener) -> Host.close_listener listener) t.listeners;
    t.listeners <- [];
    Lwt.wakeup_later t.close ()
  end;
  Lwt.return_unit

let input t ~listeners:_ = t.closed

let sockets () =
  match Host.sockets () with Ok sockets -> sockets | Error why -> failwith why

let own t = Ipaddr.V4.to_string (Option.value t.address ~default:Ipaddr.V4.any)

(* {2 Flows} *)

let flow_of flow =
  let address = Ipaddr.V4.of_string_exn (Host.tcp_peer_address flow) in
  let peer = (address, Host.tcp_peer_port flow) in
  { flow; peer; own_side_closed = false }

let get_dest flow = flow.peer

let error_of = function
  | Host.Failed "refused" -> `Refused
  | Host.Failed "timeout" -> `Timeout
  | Host.Failed why -> `Unknown why
  | e -> raise e

let read { flow; _ } =
  Lwt.try_bind
    (fun () -> Host.tcp_read flow)
    (fun data -> Lwt.return (if Cstruct.length data = 0 then `Eof else `Ok data))
    (fun e -> Lwt.return (`Error (error_of e)))

(* The host keeps the order of writes. *)
let writev flow parts =
  if flow.own_side_closed then Lwt.fail (Host.Failed "the connection is closed")
  else Host.tcp_write flow.flow parts

let write flow data = writev flow [ data ]
let writev_nodelay = writev
let write_nodelay = write

let close flow =
  if flow.own_side_closed then Lwt.return_unit
  else begin
    flow.own_side_closed <- true;
    Host.tcp_close flow.flow
  end

let reset flow =
  flow.own_side_closed <- true;
  Host.tcp_reset flow.flow

(* {2 Connections} *)

let create_connection t (address, port) =
  Lwt.try_bind
    (fun () ->
      Host.tcp_connect (sockets ()) ~from:(own t) (Ipaddr.V4.to_string address) port)
    (fun flow -> Lwt.return (`Ok (flow_of flow)))
    (fun e -> Lwt.return (`Error (error_of e)))

let serve t port flow =
  Report.guard (Printf.sprintf "tcp port %d" port) (fun () ->
      Lwt.catch
        (fun () -> (Hashtbl.find t.callbacks port) flow)
        (function
          | End_of_file ->
              reset flow;
              Lwt.return_unit
          | e -> close flow >>= fun () -> Lwt.fail e))

let listen t ~port callback =
  Hashtbl.replace t.callbacks port callback;
  if not (List.mem_assoc port t.listeners) then begin
    let accept flow = serve t port (flow_of flow) in
    let listener = Host.tcp_listen (sockets ()) (own t) port accept in
    t.listeners <- (port, listener) :: t.listeners
  end
