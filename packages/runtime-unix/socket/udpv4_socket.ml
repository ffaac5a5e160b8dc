(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_unix_io

type 'a io = 'a Lwt.t
type buffer = Cstruct.t
type ipv4 = Ipaddr.V4.t option
type ipv4addr = Ipaddr.V4.t
type ipv4input = unit Lwt.t
type error = [ `Unknown of string ]

type callback =
  src:ipv4addr -> dst:ipv4addr -> src_port:int -> buffer -> unit io

type t = {
  address : Ipaddr.V4.t option;
  (* By own port; 0 stands for the one that the kernel has chosen. *)
  sockets : (int, Lwt_unix.file_descr) Hashtbl.t;
  callbacks : (int, callback) Hashtbl.t;
  closed : unit Lwt.t;
  close : unit Lwt.u;
}

let id t = t.address

let connect address =
  let closed, close = Lwt.wait () in
  Lwt.return
    (`Ok
      {
        address;
        sockets = Hashtbl.create 7;
        callbacks = Hashtbl.create 7;
        closed;
        close;
      })

let disconnect t =
  if Lwt.is_sleeping t.closed then begin
    Hashtbl.iter (fun _ socket -> Socket.destroy socket) t.sockets;
    Hashtbl.reset t.sockets;
    Lwt.wakeup_later t.close ()
  end;
  Lwt.return_unit

let input ~listeners:_ t = t.closed

let bound t port =
  let address = Option.value t.address ~default:Ipaddr.V4.any in
  let socket =
    Socket.bound SOCK_DGRAM (Ipaddr_unix.V4.to_inet_addr address) port
  in
  Lwt_unix.setsockopt socket SO_BROADCAST true;
  Fd.ask_destination (Lwt_unix.unix_file_descr socket);
  socket

let socket_of_port t port =
  match Hashtbl.find_opt t.sockets port with
  | Some socket -> socket
  | None ->
      let socket = bound t port in
      Hashtbl.add t.sockets port socket;
      socket

let max_datagram = 65_536
let received = Slab.create ()

let deliver t port { Fd.source; source_port; destination; payload } =
  Hashtbl.find_opt t.callbacks port
  |> Option.iter (fun callback ->
         Report.guard (Printf.sprintf "udp port %d" port) (fun () ->
             callback
               ~src:(Ipaddr.V4.of_int32 source)
               ~dst:(Ipaddr.V4.of_int32 destination)
               ~src_port:source_port payload))

let rec receive_loop t port socket =
  let fd = Lwt_unix.unix_file_descr socket in
  Lwt.try_bind
    (fun () ->
      Lwt_unix.wrap_syscall Lwt_unix.Read socket (fun () ->
          match Fd.recv_datagram fd received max_datagram with
          | None -> raise_notrace Lwt_unix.Retry
          | Some datagram -> datagram))
    (fun datagram ->
      deliver t port datagram;
      Lwt.pause ())
    (function Unix.Unix_error _ -> Lwt.pause () | e -> Lwt.fail e)
  >>= fun () ->
  if Lwt_unix.state socket = Lwt_unix.Opened then receive_loop t port socket
  else Lwt.return_unit

let listen t ~port callback =
  let socket = socket_of_port t port in
  let is_new = not (Hashtbl.mem t.callbacks port) in
  Hashtbl.replace t.callbacks port callback;
  if is_new then Lwt.async (fun () -> receive_loop t port socket)

let bind t callback =
  let socket = bound t 0 in
  match Lwt_unix.getsockname socket with
  | ADDR_INET (_, port) ->
      Hashtbl.replace t.sockets port socket;
      listen t ~port callback;
      let give_back () =
        Socket.destroy socket;
        Hashtbl.remove t.sockets port;
        Hashtbl.remove t.callbacks port
      in
      (port, give_back)
  | ADDR_UNIX _ -> assert false

(* The network's troubles lose a datagram; one that cannot be sent at all fails
   its writer. *)
let is_unsendable = function
  | Unix.EMSGSIZE | EINVAL | EACCES | EAFNOSUPPORT -> true
  | _ -> false

let send t source_port destination payload =
  Lwt.catch
    (fun () ->
      let socket = socket_of_port t source_port in
      Lwt_unix.sendto socket payload 0 (Bytes.length payload) [] destination
      >|= ignore)
    (function
      | Unix.Unix_error (e, _, _) when not (is_unsendable e) -> Lwt.return_unit
      | e -> Lwt.fail e)

let write ?(source_port = 0) ~dest_ip ~dest_port t data =
  if Lwt.is_sleeping t.closed then
    send t source_port
      (ADDR_INET (Ipaddr_unix.V4.to_inet_addr dest_ip, dest_port))
      (Cstruct.to_bytes data)
  else Lwt.return_unit
