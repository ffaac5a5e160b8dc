(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module Make (Console : V1_LWT.CONSOLE) = struct
  type 'a io = 'a Lwt.t
  type ('a, 'b, 'c) config = ('a, 'b, 'c) V1_LWT.stackv4_config
  type console = Console.t
  type netif = Ipaddr.V4.t list
  type mode = unit
  type id = (console, netif, mode) config
  type buffer = Cstruct.t
  type ipv4addr = Ipaddr.V4.t
  type error = [ `Unknown of string ]

  module UDPV4 = Udpv4_socket
  module TCPV4 = Tcpv4_socket
  module IPV4 = Ipv4_socket

  type udpv4 = UDPV4.t
  type tcpv4 = TCPV4.t
  type ipv4 = IPV4.t

  (* The layers on one address, or on all. *)
  type layers = { udp : udpv4; tcp : tcpv4; ip : ipv4 }

  type t = {
    id : id;
    first : layers;
    others : layers list;
    closed : unit Lwt.t;
    close : unit Lwt.u;
  }

  let id t = t.id
  let udpv4 t = t.first.udp
  let tcpv4 t = t.first.tcp
  let ipv4 t = t.first.ip
  let ok = function `Ok x -> x | `Error _ -> assert false

  let layers_on address =
    UDPV4.connect address >>= fun udp ->
    TCPV4.connect address >>= fun tcp ->
    IPV4.connect address >|= fun ip ->
    { udp = ok udp; tcp = ok tcp; ip = ok ip }

  let connect id =
    Name_service.tell ~source:Resolv_conf.path (Resolv_conf.read Resolv_conf.path);
    let addresses =
      match id.V1_LWT.interface with
      | [] -> [ None ]
      | addresses -> List.map Option.some addresses
    in
    Lwt_list.map_s layers_on addresses >|= fun all ->
    let closed, close = Lwt.wait () in
    `Ok { id; first = List.hd all; others = List.tl all; closed; close }

  let all t = t.first :: t.others

  let disconnect t =
    Lwt_list.iter_s
      (fun { udp; tcp; ip } ->
        TCPV4.disconnect tcp >>= fun () ->
        UDPV4.disconnect udp >>= fun () -> IPV4.disconnect ip)
      (all t)
    >|= fun () ->
    if Lwt.is_sleeping t.closed then Lwt.wakeup_later t.close ()

  let report protocol port =
    OS.Status.report (Printf.sprintf "listen %s %d" protocol port)

  let listen_udpv4 t ~port callback =
    List.iter (fun { udp; _ } -> UDPV4.listen udp ~port callback) (all t);
    report "udp" port

  let bind_udpv4 t callback = UDPV4.bind t.first.udp callback

  let listen_tcpv4 t ~port callback =
    List.iter (fun { tcp; _ } -> TCPV4.listen tcp ~port callback) (all t);
    report "tcp" port

  let listen t = t.closed
end
