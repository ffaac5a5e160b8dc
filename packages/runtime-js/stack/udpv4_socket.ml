(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_js_host

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
  (* By own port; 0 stands for the one that the host has chosen. *)
  sockets : (int, Host.socket) Hashtbl.t;
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
    Hashtbl.iter (fun _ socket -> Host.close_socket socket) t.sockets;
    Hashtbl.reset t.sockets;
    Lwt.wakeup_later t.close ()
  end;
  Lwt.return_unit

let input ~listeners:_ t = t.closed

let deliver callback port source source_port destination payload =
  let address = Ipaddr.V4.of_string_exn in
  Report.guard (Printf.sprintf "udp port %d" port) (fun () ->
      callback ~src:(address source) ~dst:(address destination)
        ~src_port:source_port payload)

let opened t port f =
  let own = Option.value t.address ~default:Ipaddr.V4.any in
  match Host.sockets () with
  | Ok sockets -> Host.udp_open sockets (Ipaddr.V4.to_string own) port f
  | Error why -> failwith why

let socket_of_port t port =
  match Hashtbl.find_opt t.sockets port with
  | Some socket -> socket
  | None ->
      let to_listener source source_port destination payload =
        Hashtbl.find_opt t.callbacks port
        |> Option.iter (fun callback ->
               deliver callback port source source_port destination payload)
      in
      let socket = opened t port to_listener in
      Hashtbl.add t.sockets port socket;
      socket

let listen t ~port callback =
  Hashtbl.replace t.callbacks port callback;
  ignore (socket_of_port t port)

let bind t callback =
  let socket = opened t 0 (deliver callback 0) in
  let port = Host.udp_port socket in
  Hashtbl.replace t.sockets port socket;
  let give_back () =
    Host.close_socket socket;
    Hashtbl.remove t.sockets port
  in
  (port, give_back)

let write ?(source_port = 0) ~dest_ip ~dest_port t data =
  if Lwt.is_sleeping t.closed then
    Lwt.catch
      (fun () ->
        Host.udp_send (socket_of_port t source_port)
          (Ipaddr.V4.to_string dest_ip)
          dest_port data)
      (function Host.Failed why -> Lwt.fail_with why | e -> Lwt.fail e)
  else Lwt.return_unit
