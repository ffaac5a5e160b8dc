(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_unix_io

type 'a io = 'a Lwt.t
type buffer = Cstruct.t
type ipv4 = Ipaddr.V4.t option
type ipv4addr = Ipaddr.V4.t
type ipv4input = unit Lwt.t
type error = [ `Unknown of string | `Timeout | `Refused ]

type t = {
  address : Ipaddr.V4.t option;
  mutable listeners : (int * Lwt_unix.file_descr) list;
  callbacks : (int, callback) Hashtbl.t;
  closed : unit Lwt.t;
  close : unit Lwt.u;
}

and flow = {
  socket : Lwt_unix.file_descr;
  peer : Ipaddr.V4.t * int;
  writer : Writer.t;
  mutable reading : bool;
  mutable peer_closed : bool;
  mutable own_side_closed : bool;
  mutable is_open : bool;
}

and callback = flow -> unit io

let id t = t.address

let connect address =
  let closed, close = Lwt.wait () in
  Lwt.return
    (`Ok
      { address; listeners = []; callbacks = Hashtbl.create 7; closed; close })

let disconnect t =
  if Lwt.is_sleeping t.closed then begin
    List.iter (fun (_, socket) -> Socket.destroy socket) t.listeners;
    t.listeners <- [];
    Lwt.wakeup_later t.close ()
  end;
  Lwt.return_unit

let input t ~listeners:_ = t.closed

(* {2 Flows} *)

(* The kernel counts packets; these are octets of data. *)
let in_octets = Net_counters.counter "SocketInOctets"
let out_octets = Net_counters.counter "SocketOutOctets"

let open_flows = ref 0
let () = Net_counters.gauge "TcpCurrEstab" (fun () -> !open_flows)

let destroy flow =
  if flow.is_open then begin
    flow.is_open <- false;
    decr open_flows
  end;
  Socket.destroy flow.socket

let flow_of socket sockaddr =
  Lwt_unix.setsockopt socket TCP_NODELAY true;
  Lwt_unix.setsockopt socket SO_KEEPALIVE true;
  let peer =
    match sockaddr with
    | Unix.ADDR_INET (address, port) ->
        (Ipaddr_unix.V4.of_inet_addr_exn address, port)
    | ADDR_UNIX _ -> invalid_arg "Tcpv4_socket: not an internet socket"
  in
  incr open_flows;
  {
    socket;
    peer;
    writer = Writer.create socket;
    reading = false;
    peer_closed = false;
    own_side_closed = false;
    is_open = true;
  }

let get_dest flow = flow.peer

let error_of = function
  | Unix.Unix_error (ECONNREFUSED, _, _) -> `Refused
  | Unix.Unix_error (ETIMEDOUT, _, _) -> `Timeout
  | Unix.Unix_error (e, _, _) -> `Unknown (Unix.error_message e)
  | e -> raise e

(* One slab serves all flows: an idle one must not hold memory. *)
let received = Slab.create ()
let max_read = 64 * 1024

let finish flow =
  flow.peer_closed <- true;
  if flow.own_side_closed then destroy flow

let read flow =
  if flow.peer_closed then Lwt.return `Eof
  else begin
    let fd = Lwt_unix.unix_file_descr flow.socket in
    flow.reading <- true;
    Lwt.try_bind
      (fun () ->
        Lwt_unix.wrap_syscall Lwt_unix.Read flow.socket (fun () ->
            match Fd.read fd received max_read with
            | None -> raise_notrace Lwt_unix.Retry
            | Some data -> data))
      (fun data ->
        flow.reading <- false;
        Net_counters.add in_octets (Cstruct.length data);
        if Cstruct.length data > 0 then Lwt.return (`Ok data)
        else begin
          finish flow;
          Lwt.return `Eof
        end)
      (fun e ->
        if flow.peer_closed then Lwt.return `Eof
        else begin
          finish flow;
          Lwt.return (`Error (error_of e))
        end)
  end

let writev flow parts =
  if flow.own_side_closed then
    Lwt.fail (Unix.Unix_error (EPIPE, "Tcpv4_socket.writev", ""))
  else
    let fd = Lwt_unix.unix_file_descr flow.socket in
    let rest = ref parts in
    let rec attempt () =
      match !rest with
      | [] -> true
      | parts -> (
          match Fd.send fd parts with
          | None -> false
          | Some n ->
              Net_counters.add out_octets n;
              rest := Cstruct.shiftv parts n;
              attempt ())
    in
    Writer.write flow.writer attempt

let write flow data = writev flow [ data ]
let writev_nodelay = writev
let write_nodelay = write

(* What the peer sends after our end of stream is still for [read]. A peer that
   does not close its side either, and to whom nobody listens, would keep the
   descriptor for ever. Closing it while data is unread makes the kernel send a
   reset, which may overtake what we sent last: hence not at once. *)
let linger = 3.

let rec wait_for_end flow =
  Lwt_unix.wait_read flow.socket >>= fun () ->
  if Fd.at_eof (Lwt_unix.unix_file_descr flow.socket) then begin
    flow.peer_closed <- true;
    Lwt.return_unit
  end
  else Lwt_unix.sleep 0.1 >>= fun () -> wait_for_end flow

let rec close_later flow =
  Lwt.catch
    (fun () -> Lwt.pick [ wait_for_end flow; Lwt_unix.sleep linger ])
    (fun _ -> Lwt.return_unit)
  >>= fun () ->
  if flow.reading && not flow.peer_closed then close_later flow
  else begin
    destroy flow;
    Lwt.return_unit
  end

(* Writes under way may be stuck for ever, if the peer keeps its window shut. *)
let max_wait_for_writes = 60.

let wait_for_writes flow =
  let idle = Writer.idle flow.writer in
  if Lwt.is_sleeping idle then
    Lwt.pick [ idle; Lwt_unix.sleep max_wait_for_writes ]
  else idle

let close flow =
  if flow.own_side_closed then Lwt.return_unit
  else begin
    flow.own_side_closed <- true;
    wait_for_writes flow >|= fun () ->
    match Lwt_unix.shutdown flow.socket SHUTDOWN_SEND with
    | () when not flow.peer_closed -> Lwt.async (fun () -> close_later flow)
    | () | (exception Unix.Unix_error _) -> destroy flow
  end

(* {2 Connections} *)

let create_connection t (address, port) =
  let socket = Socket.create SOCK_STREAM in
  Lwt.catch
    (fun () ->
      let sockaddr = Unix.ADDR_INET (Ipaddr_unix.V4.to_inet_addr address, port) in
      (match t.address with
      | Some own when own <> Ipaddr.V4.any ->
          Lwt_unix.bind socket (ADDR_INET (Ipaddr_unix.V4.to_inet_addr own, 0))
      | _ -> Lwt.return_unit)
      >>= fun () ->
      Lwt_unix.connect socket sockaddr >|= fun () ->
      `Ok (flow_of socket sockaddr))
    (fun e ->
      Socket.destroy socket;
      Lwt.return (`Error (error_of e)))

(* What was sent and not taken is given up as well. *)
let reset flow =
  flow.own_side_closed <- true;
  flow.peer_closed <- true;
  (try Lwt_unix.setsockopt_optint flow.socket SO_LINGER (Some 0)
   with Unix.Unix_error _ -> ());
  destroy flow

let serve t port flow =
  Report.guard (Printf.sprintf "tcp port %d" port) (fun () ->
      Lwt.catch
        (fun () -> (Hashtbl.find t.callbacks port) flow)
        (function
          | End_of_file ->
              reset flow;
              Lwt.return_unit
          | e -> close flow >>= fun () -> Lwt.fail e))

(* Out of descriptors or memory: that passes when other connections end. *)
let retry_delay = 0.1

let rec accept_loop t port socket =
  Lwt.try_bind
    (fun () -> Lwt_unix.accept ~cloexec:true socket)
    (fun (accepted, sockaddr) ->
      (match flow_of accepted sockaddr with
      | flow -> serve t port flow
      | exception Unix.Unix_error _ -> Socket.destroy accepted);
      Lwt.pause ())
    (function
      | Unix.Unix_error ((EMFILE | ENFILE | ENOBUFS | ENOMEM), _, _) ->
          Lwt_unix.sleep retry_delay
      | Unix.Unix_error _ -> Lwt.pause ()
      | e -> Lwt.fail e)
  >>= fun () ->
  if Lwt_unix.state socket = Lwt_unix.Opened then accept_loop t port socket
  else Lwt.return_unit

let listen t ~port callback =
  Hashtbl.replace t.callbacks port callback;
  if not (List.mem_assoc port t.listeners) then begin
    let address =
      Ipaddr_unix.V4.to_inet_addr (Option.value t.address ~default:Ipaddr.V4.any)
    in
    let socket = Socket.bound SOCK_STREAM address port in
    t.listeners <- (port, socket) :: t.listeners;
    Lwt.async (fun () -> accept_loop t port socket)
  end
