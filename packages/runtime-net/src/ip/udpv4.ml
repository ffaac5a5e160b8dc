(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

let max_payload = 65507
let unreachables_per_second = 100

module Make (I : V1_LWT.IPV4) = struct
  type +'a io = 'a Lwt.t
  type buffer = Cstruct.t
  type ipv4 = I.t
  type ipv4addr = Ipaddr.V4.t

  type ipv4input =
    src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t

  type callback =
    src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> src_port:int -> Cstruct.t -> unit Lwt.t

  type error = [ `Unknown of string ]

  type t = {
    ip : I.t;
    mutable unreachables : int;  (** may still be sent in this second *)
  }

  let connect ip =
    Lwt.return
      (`Ok
        {
          ip;
          unreachables = unreachables_per_second;
        })

  let disconnect _ = Lwt.return_unit
  let id t = t.ip

  let if_reachable send =
    Lwt.catch send (function
      | Arpv4.No_answer _ | Ipv4.No_route _ -> Lwt.return_unit
      | exn -> Lwt.fail exn)

  let send_icmp t ~dst write payload =
    if_reachable (fun () ->
        I.allocate_frame ~proto:`ICMP ~dest_ip:dst t.ip
        >>= fun (frame, header) ->
        write (Cstruct.sub frame header Icmpv4_wire.header_length);
        I.write t.ip
          (Cstruct.sub frame 0 (header + Icmpv4_wire.header_length))
          payload)

  let refill t =
    Lwt.async (fun () ->
        Net_time.sleep 1. >|= fun () -> t.unreachables <- unreachables_per_second)

  let port_unreachable t ~src ~dst datagram =
    if t.unreachables = 0 then Lwt.return_unit
    else begin
      if t.unreachables = unreachables_per_second then refill t;
      t.unreachables <- t.unreachables - 1;
      Icmpv4.port_unreachable (send_icmp t) ~src ~dst datagram
    end

  let input ~listeners t ~src ~dst datagram =
    match Udp_wire.parse ~src ~dst datagram with
    | None -> Lwt.return_unit
    | Some { src_port; dst_port; payload } -> (
      match listeners ~dst_port with
      | Some callback -> callback ~src ~dst ~src_port payload
      | None when Ipv4_address.equal dst (I.get_ipv4 t.ip) ->
        port_unreachable t ~src ~dst datagram
      | None -> Lwt.return_unit)

  let random_port () = 49152 + Unpredictable.below 16384

  let write ?source_port ~dest_ip ~dest_port t payload =
    if Cstruct.length payload > max_payload then
      Lwt.fail (Invalid_argument "Udpv4.write: longer than 65507 octets")
    else
      let src_port =
        match source_port with Some port -> port | None -> random_port ()
      in
      if_reachable (fun () ->
          I.allocate_frame ~proto:`UDP ~dest_ip t.ip >>= fun (frame, header) ->
          Udp_wire.write
            (Cstruct.sub frame header Udp_wire.length)
            ~src:(I.get_ipv4 t.ip) ~dst:dest_ip ~src_port ~dst_port:dest_port
            payload;
          I.write t.ip (Cstruct.sub frame 0 (header + Udp_wire.length)) payload)
end
