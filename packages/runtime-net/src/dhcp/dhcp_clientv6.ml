(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module Make (Time : V1_LWT.TIME) = struct
  let port = 546
  let servers = (Ipaddr.V6.of_string_exn "ff02::1:2", 547)

  type t = {
    mac : Macaddr.t;
    send : Cstruct.t -> unit Lwt.t;
    mutable machine : Dhcpv6_machine.t;
    mutable generation : int;  (** a timeout of an earlier one means nothing *)
  }

  let tell t names =
    Name_service.tell ~source:("dhcpv6 " ^ Macaddr.to_string t.mac) names

  let rec proceed t machine =
    t.machine <- machine;
    t.generation <- t.generation + 1;
    let generation = t.generation in
    let wait = Dhcpv6_machine.wait machine in
    if wait < infinity then
      Background.run "dhcpv6" (fun () ->
          Time.sleep wait >>= fun () ->
          if t.generation <> generation then Lwt.return_unit
          else begin
            let machine, message = Dhcpv6_machine.timeout t.machine in
            proceed t machine;
            t.send message
          end)

  let create ~mac ~send =
    let machine = Dhcpv6_machine.create ~mac ~random:Unpredictable.below in
    let t = { mac; send; machine; generation = 0 } in
    proceed t machine;
    t

  let input t ~src_port payload =
    if src_port = snd servers then
      match Dhcpv6_machine.receive t.machine payload with
      | None -> ()
      | Some (machine, { servers; domains; _ }) ->
        tell t { servers = List.map (fun ip -> Ipaddr.V6 ip) servers; domains };
        proceed t machine

  let stop t =
    t.generation <- t.generation + 1;
    tell t Name_service.none
end
