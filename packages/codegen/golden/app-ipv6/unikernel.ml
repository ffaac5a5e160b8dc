(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

(* An application that asks for both versions of IP, and says who calls. *)
module Main (C : V1_LWT.CONSOLE) (S : V1_LWT.STACKV4V6) (H : HTTP.Server) = struct
  let start console stack http =
    S.listen_tcp stack ~port:7 (fun flow ->
        let ip, port = S.get_dest flow in
        C.log console (Printf.sprintf "%s, port %d" (Ipaddr.to_string ip) port);
        S.TCPV4.read flow >>= function
        | `Ok data -> S.TCPV4.write flow data >>= fun () -> S.TCPV4.close flow
        | `Eof | `Error _ -> S.TCPV4.close flow);
    S.listen_udp stack ~port:7 (fun ~src ~dst:_ ~src_port data ->
        S.write_udp ~source_port:7 ~dest_ip:src ~dest_port:src_port stack data);
    let callback _ _ _ = H.respond_string ~status:`OK ~body:"" () in
    http { H.callback; conn_closed = ignore }
end
