(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

let unreachables_per_second = 100

module Make (I : Ip_layer.S) = struct
  type +'a io = 'a Lwt.t
  type buffer = Cstruct.t

  type callback = src:I.addr -> dst:I.addr -> src_port:int -> Cstruct.t -> unit Lwt.t
  type error = [ `Unknown of string ]

  type t = {
    ip : I.t;
    mutable unreachables : int;  (** may still be sent in this second *)
  }

  let connect ip =
    Lwt.return (`Ok { ip; unreachables = unreachables_per_second })

  let disconnect _ = Lwt.return_unit
  let id t = t.ip

  let if_reachable send =
    Lwt.catch send (fun exn ->
        if I.is_unreachable exn then Lwt.return_unit else Lwt.fail exn)

  let refill t =
    Lwt.async (fun () ->
        Net_time.sleep 1. >|= fun () -> t.unreachables <- unreachables_per_second)

  let port_unreachable t ~src ~dst datagram =
    if t.unreachables = 0 then Lwt.return_unit
    else begin
      if t.unreachables = unreachables_per_second then refill t;
      t.unreachables <- t.unreachables - 1;
      if_reachable (fun () -> I.port_unreachable t.ip ~src ~dst datagram)
    end

  let input ~listeners t ~src ~dst datagram =
    match
      Udp_wire.parse ~needs_checksum:(I.needs_checksum src)
        ~addresses:(I.addresses ~src ~dst) datagram
    with
    | None ->
      Count.(one udp_in_errors);
      Lwt.return_unit
    | Some { src_port; dst_port; payload } -> (
      match listeners ~dst_port with
      | Some callback ->
        Count.(one udp_in);
        callback ~src ~dst ~src_port payload
      | None when I.owns t.ip dst ->
        Count.(one udp_no_ports);
        port_unreachable t ~src ~dst datagram
      | None -> Lwt.return_unit)


  (* A payload in one datagram of 65535 octets, header of IP included if it counts. *)
  let max_payload dest_ip =
    let ip = if I.header_length dest_ip = Ipv4_wire.length then Ipv4_wire.length else 0 in
    65535 - ip - Udp_wire.length

  let write ?source_port ~dest_ip ~dest_port t payload =
    let most = max_payload dest_ip in
    if Cstruct.length payload > most then
      Lwt.fail (Invalid_argument (Printf.sprintf "UDP: longer than %d octets" most))
    else
      let src_port =
        match source_port with Some port -> port | None -> Ephemeral_port.choose ~taken:(fun _ -> false)
      in
      match I.source t.ip dest_ip with
      | None -> Lwt.return_unit
      | Some src ->
        if_reachable (fun () ->
            I.allocate_frame t.ip ~proto:`UDP ~src ~dst:dest_ip
            >>= fun (frame, header) ->
            Udp_wire.write
              (Cstruct.sub frame header Udp_wire.length)
              ~addresses:(I.addresses ~src ~dst:dest_ip)
              ~src_port ~dst_port:dest_port payload;
            Count.(one udp_out);
            I.writev t.ip ~dst:dest_ip
              (Cstruct.sub frame 0 (header + Udp_wire.length))
              [ payload ])
end
