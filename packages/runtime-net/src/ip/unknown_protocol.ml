(* SPDX-License-Identifier: ISC *)

(* Datagrams of IPv4 with a protocol that nobody here knows (RFC 1122, section 3.2.2.1). *)

open Lwt.Infix

let per_second = 100

(* Its messages are never answered by errors, and routers' group messages go to all. *)
let proto_igmp = 2

module Make (I : V1_LWT.IPV4) = struct
  type t = { ip : I.t; mutable left : int  (** in this second *) }

  let create ip = { ip; left = per_second }

  let refill t =
    Lwt.async (fun () -> Net_time.sleep 1. >|= fun () -> t.left <- per_second)

  let send t ~dst write payload =
    Lwt.catch
      (fun () ->
        I.allocate_frame ~proto:`ICMP ~dest_ip:dst t.ip >>= fun (frame, header) ->
        write (Cstruct.sub frame header Icmpv4_wire.header_length);
        I.write t.ip (Cstruct.sub frame 0 (header + Icmpv4_wire.header_length)) payload)
      (fun _ -> Lwt.return_unit)

  let input t ~proto ~src ~dst payload =
    let is_ours = Ipv4_address.equal dst (I.get_ipv4 t.ip) in
    if
      (not is_ours) || t.left = 0 || proto = Ipv4_wire.proto_icmp || proto = proto_igmp
    then Lwt.return_unit
    else begin
      if t.left = per_second then refill t;
      t.left <- t.left - 1;
      Icmpv4.unreachable (send t) `Protocol ~proto ~src ~dst payload
    end
end
