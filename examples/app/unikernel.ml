(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open V1_LWT

(* The quote of the day (RFC 865) over TCP, and an echo service (RFC 862) over UDP. *)
module Main (C : CONSOLE) (Static : KV_RO) (S : STACKV4) = struct
  module T = S.TCPV4
  module U = S.UDPV4

  let read_whole static key =
    Static.size static key >>= function
    | `Error (Static.Unknown_key key) -> Lwt.fail_with ("no file " ^ key)
    | `Ok size -> (
        Static.read static key 0 (Int64.to_int size) >>= function
        | `Error (Static.Unknown_key key) -> Lwt.fail_with ("no file " ^ key)
        | `Ok buffers -> Lwt.return buffers)

  let send_quote console quote flow =
    let address, port = T.get_dest flow in
    C.log_s console
      (Printf.sprintf "quote for %s:%d" (Ipaddr.V4.to_string address) port)
    >>= fun () ->
    T.writev flow quote >>= fun () -> T.close flow

  let echo stack ~src ~dst:_ ~src_port datagram =
    U.write ~source_port:7 ~dest_ip:src ~dest_port:src_port (S.udpv4 stack)
      datagram

  let start console static stack =
    read_whole static "quote.txt" >>= fun quote ->
    S.listen_tcpv4 stack ~port:17 (send_quote console quote);
    S.listen_udpv4 stack ~port:7 (echo stack);
    C.log_s console "ready" >>= fun () -> S.listen stack
end
