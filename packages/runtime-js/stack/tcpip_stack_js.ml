(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_js_host

module type DIRECT = sig
  include
    V1_LWT.STACKV4
      with type netif = Netif.t
       and type mode = V1_LWT.direct_stack_config

  val on_event : t -> (string -> unit) -> unit
  val bind_udpv4 : t -> UDPV4.callback -> int * (unit -> unit)
end

type place = { addresses : Ipaddr.V4.t list; addressing : V1_LWT.direct_stack_config }

(* One layer or the other; each value stays on its side. *)
type ('direct, 'socket) either = Direct of 'direct | Socket of 'socket

module Tcp (D : V1_LWT.TCPV4) = struct
  module S = Tcpv4_socket

  type 'a io = 'a Lwt.t
  type buffer = Cstruct.t
  type ipv4addr = Ipaddr.V4.t
  type ipv4 = (D.ipv4, S.ipv4) either
  type ipv4input = (D.ipv4input, S.ipv4input) either
  type error = [ `Unknown of string | `Timeout | `Refused ]
  type t = (D.t, S.t) either
  type flow = (D.flow, S.flow) either
  type callback = flow -> unit io

  let id = function Direct t -> Direct (D.id t) | Socket t -> Socket (S.id t)

  let direct connecting =
    connecting >|= function
    | `Ok t -> `Ok (Direct t)
    | `Error #error as error -> error

  let socket connecting =
    connecting >|= function
    | `Ok t -> `Ok (Socket t)
    | `Error #error as error -> error

  let connect = function
    | Direct ip -> direct (D.connect ip)
    | Socket ip -> socket (S.connect ip)

  let disconnect = function Direct t -> D.disconnect t | Socket t -> S.disconnect t
  let get_dest = function Direct f -> D.get_dest f | Socket f -> S.get_dest f

  let read = function
    | Direct flow -> (D.read flow :> [ `Ok of buffer | `Eof | `Error of error ] Lwt.t)
    | Socket flow -> S.read flow

  let write = function Direct f -> D.write f | Socket f -> S.write f
  let writev = function Direct f -> D.writev f | Socket f -> S.writev f
  let write_nodelay = function Direct f -> D.write_nodelay f | Socket f -> S.write_nodelay f

  let writev_nodelay = function
    | Direct f -> D.writev_nodelay f
    | Socket f -> S.writev_nodelay f

  let close = function Direct f -> D.close f | Socket f -> S.close f

  let create_connection t peer =
    match t with
    | Direct t -> direct (D.create_connection t peer)
    | Socket t -> socket (S.create_connection t peer)

  let on_direct callback flow = callback (Direct flow)
  let on_socket callback flow = callback (Socket flow)

  let input t ~listeners =
    match t with
    | Direct t ->
        Direct (D.input t ~listeners:(fun port -> Option.map on_direct (listeners port)))
    | Socket t ->
        Socket (S.input t ~listeners:(fun port -> Option.map on_socket (listeners port)))
end

module Udp (D : V1_LWT.UDPV4) = struct
  module S = Udpv4_socket

  type 'a io = 'a Lwt.t
  type buffer = Cstruct.t
  type ipv4addr = Ipaddr.V4.t
  type ipv4 = (D.ipv4, S.ipv4) either
  type ipv4input = (D.ipv4input, S.ipv4input) either
  type error = [ `Unknown of string ]
  type t = (D.t, S.t) either

  type callback =
    src:ipv4addr -> dst:ipv4addr -> src_port:int -> buffer -> unit io

  let id = function Direct t -> Direct (D.id t) | Socket t -> Socket (S.id t)

  let connect = function
    | Direct ip -> (
        D.connect ip >|= function
        | `Ok t -> `Ok (Direct t)
        | `Error #error as error -> error)
    | Socket ip -> (
        S.connect ip >|= function
        | `Ok t -> `Ok (Socket t)
        | `Error #error as error -> error)

  let disconnect = function Direct t -> D.disconnect t | Socket t -> S.disconnect t

  let input ~listeners = function
    | Direct t -> Direct (D.input ~listeners t)
    | Socket t -> Socket (S.input ~listeners t)

  let write ?source_port ~dest_ip ~dest_port = function
    | Direct t -> D.write ?source_port ~dest_ip ~dest_port t
    | Socket t -> S.write ?source_port ~dest_ip ~dest_port t
end

module Ip (D : V1_LWT.IPV4) = struct
  module S = Ipv4_socket

  type 'a io = 'a Lwt.t
  type buffer = Cstruct.t
  type ipv4addr = Ipaddr.V4.t
  type ethif = (D.ethif, S.ethif) either
  type error = [ `Unknown of string | `Unimplemented ]
  type t = (D.t, S.t) either
  type callback = src:ipv4addr -> dst:ipv4addr -> buffer -> unit io

  let id = function Direct t -> Direct (D.id t) | Socket t -> Socket (S.id t)

  let connect = function
    | Direct ethif -> (
        D.connect ethif >|= function
        | `Ok t -> `Ok (Direct t)
        | `Error #error as error -> error)
    | Socket address -> (
        S.connect address >|= function
        | `Ok t -> `Ok (Socket t)
        | `Error #error as error -> error)

  let disconnect = function Direct t -> D.disconnect t | Socket t -> S.disconnect t

  let input ~tcp ~udp ~default = function
    | Direct t -> D.input ~tcp ~udp ~default t
    | Socket t -> S.input ~tcp ~udp ~default t

  let allocate_frame ~proto ~dest_ip = function
    | Direct t -> D.allocate_frame ~proto ~dest_ip t
    | Socket t -> S.allocate_frame ~proto ~dest_ip t

  let write = function Direct t -> D.write t | Socket t -> S.write t
  let writev = function Direct t -> D.writev t | Socket t -> S.writev t
  let set_ipv4 = function Direct t -> D.set_ipv4 t | Socket t -> S.set_ipv4 t
  let get_ipv4 = function Direct t -> D.get_ipv4 t | Socket t -> S.get_ipv4 t

  let set_ipv4_netmask = function
    | Direct t -> D.set_ipv4_netmask t
    | Socket t -> S.set_ipv4_netmask t

  let get_ipv4_netmask = function
    | Direct t -> D.get_ipv4_netmask t
    | Socket t -> S.get_ipv4_netmask t

  let set_ipv4_gateways = function
    | Direct t -> D.set_ipv4_gateways t
    | Socket t -> S.set_ipv4_gateways t

  let get_ipv4_gateways = function
    | Direct t -> D.get_ipv4_gateways t
    | Socket t -> S.get_ipv4_gateways t
end

module Make (Console : V1_LWT.CONSOLE) (D : DIRECT with type console = Console.t) = struct
  module UDPV4 = Udp (D.UDPV4)
  module TCPV4 = Tcp (D.TCPV4)
  module IPV4 = Ip (D.IPV4)

  type 'a io = 'a Lwt.t
  type ('a, 'b, 'c) config = ('a, 'b, 'c) V1_LWT.stackv4_config
  type console = Console.t
  type netif = place
  type mode = unit
  type id = (console, netif, mode) config
  type buffer = Cstruct.t
  type ipv4addr = Ipaddr.V4.t
  type error = [ `Unknown of string ]
  type udpv4 = UDPV4.t
  type tcpv4 = TCPV4.t
  type ipv4 = IPV4.t

  (* The layers on one of the host's addresses, or on all. *)
  type layers = { udp : Udpv4_socket.t; tcp : Tcpv4_socket.t; ip : Ipv4_socket.t }

  type sockets = {
    first : layers;
    others : layers list;
    closed : unit Lwt.t;
    close : unit Lwt.u;
  }

  type t = { id : id; stack : (D.t, sockets) either }

  let id t = t.id
  let ok = function `Ok x -> x | `Error _ -> assert false

  let layers_on address =
    Udpv4_socket.connect address >>= fun udp ->
    Tcpv4_socket.connect address >>= fun tcp ->
    Ipv4_socket.connect address >|= fun ip -> { udp = ok udp; tcp = ok tcp; ip = ok ip }

  let tell_name_service () =
    match Host.sockets () with
    | Error _ -> ()
    | Ok sockets ->
        let address text = Result.to_option (Ipaddr.of_string text) in
        let servers = List.filter_map address (Array.to_list (Host.name_servers sockets)) in
        Name_service.tell ~source:"host" { Name_service.servers; domains = [] }

  let on_sockets addresses =
    tell_name_service ();
    let addresses =
      match addresses with [] -> [ None ] | some -> List.map Option.some some
    in
    Lwt_list.map_s layers_on addresses >|= fun all ->
    let closed, close = Lwt.wait () in
    Socket { first = List.hd all; others = List.tl all; closed; close }

  let net = "net"

  let on_interface { V1_LWT.name; console; interface; _ } =
    Netif.connect net >>= function
    | `Error (`Unknown _ as error) -> Lwt.return (`Error error)
    | `Error _ -> Lwt.return (`Error (`Unknown "the network device cannot be connected"))
    | `Ok device -> (
        let mode = interface.addressing in
        D.connect { V1_LWT.name; console; interface = device; mode } >|= function
        | `Error (`Unknown _ as error) -> `Error error
        | `Ok stack ->
            D.on_event stack OS.Status.report;
            `Ok (Direct stack))

  let connect id =
    (if Host.has_network net then on_interface id
    else on_sockets id.V1_LWT.interface.addresses >|= fun stack -> `Ok stack)
    >|= function
    | `Ok stack -> `Ok { id; stack }
    | `Error (`Unknown why) -> `Error (`Unknown why)

  let all { first; others; _ } = first :: others

  let disconnect t =
    match t.stack with
    | Direct stack -> D.disconnect stack
    | Socket stack ->
        Lwt_list.iter_s
          (fun { udp; tcp; ip } ->
            Tcpv4_socket.disconnect tcp >>= fun () ->
            Udpv4_socket.disconnect udp >>= fun () -> Ipv4_socket.disconnect ip)
          (all stack)
        >|= fun () ->
        if Lwt.is_sleeping stack.closed then Lwt.wakeup_later stack.close ()

  let layer direct socket t =
    match t.stack with
    | Direct stack -> Direct (direct stack)
    | Socket { first; _ } -> Socket (socket first)

  let udpv4 = layer D.udpv4 (fun { udp; _ } -> udp)
  let tcpv4 = layer D.tcpv4 (fun { tcp; _ } -> tcp)
  let ipv4 = layer D.ipv4 (fun { ip; _ } -> ip)

  let listen_udpv4 t ~port callback =
    match t.stack with
    | Direct stack -> D.listen_udpv4 stack ~port callback
    | Socket stack ->
        List.iter (fun { udp; _ } -> Udpv4_socket.listen udp ~port callback) (all stack)

  let bind_udpv4 t callback =
    match t.stack with
    | Direct stack -> D.bind_udpv4 stack callback
    | Socket { first; _ } -> Udpv4_socket.bind first.udp callback

  let listen_tcpv4 t ~port callback =
    match t.stack with
    | Direct stack -> D.listen_tcpv4 stack ~port (TCPV4.on_direct callback)
    | Socket stack ->
        let callback = TCPV4.on_socket callback in
        List.iter (fun { tcp; _ } -> Tcpv4_socket.listen tcp ~port callback) (all stack)

  let listen t =
    match t.stack with
    | Direct stack -> D.listen stack
    | Socket stack -> stack.closed
end
