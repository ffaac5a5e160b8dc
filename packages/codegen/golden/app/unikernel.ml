(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open V1_LWT

module Main (C : CONSOLE) (K : KV_RO) (S : STACKV4) = struct
  module Ch = Channel.Make (S.TCPV4)
  module H = HTTP.Make (Ch)

  let start console static stack =
    let callback _ _ _ = H.Server.respond_string ~status:`OK ~body:"hello\n" () in
    S.listen_tcpv4 stack ~port:80
      (H.Server.listen { H.Server.callback; conn_closed = ignore });
    S.listen_udpv4 stack ~port:7 (fun ~src ~dst:_ ~src_port data ->
        S.UDPV4.write ~source_port:7 ~dest_ip:src ~dest_port:src_port (S.udpv4 stack)
          data);
    K.size static "quote.txt" >>= function
    | `Error (K.Unknown_key key) -> Lwt.fail_with key
    | `Ok size ->
        C.log_s console (Int64.to_string size) >>= fun () -> S.listen stack
end
