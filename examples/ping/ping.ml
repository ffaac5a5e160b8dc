(* SPDX-License-Identifier: ISC *)

(* An echo service (RFC 862) on every interface. *)
let main manager _interface id =
  Printf.printf "%s: echo on UDP port 7\n%!" id;
  Net.Datagram.UDPv4.recv manager (None, 7) (fun peer data ->
      Net.Datagram.UDPv4.send manager ~src:(None, 7) peer data)
