(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

(* ICMP echo is answered by the stack itself. *)
module Main (Console : V1_LWT.CONSOLE) (Stack : V1_LWT.STACKV4) = struct
  module Udp = Stack.UDPV4

  (* The echo service of RFC 862. *)
  let port = 7

  let start console stack =
    let echo ~src ~dst:_ ~src_port datagram =
      Console.log console
        (Printf.sprintf "%d octets from %s:%d" (Cstruct.length datagram)
           (Ipaddr.V4.to_string src) src_port);
      Udp.write ~source_port:port ~dest_ip:src ~dest_port:src_port
        (Stack.udpv4 stack) datagram
    in
    Stack.listen_udpv4 stack ~port echo;
    Console.log_s console (Printf.sprintf "echo on UDP port %d" port)
    >>= fun () -> Stack.listen stack
end
