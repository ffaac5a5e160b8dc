(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_http_core

module Make (S : V1_LWT.STACKV4) = struct
  module T = S.TCPV4

  let transport flow =
    let broken _ = Lwt.fail Transport.Broken in
    let read () =
      Lwt.catch
        (fun () ->
          T.read flow >|= function
          | `Ok data -> Some data
          | `Eof | `Error _ -> None)
        (fun _ -> Lwt.return_none)
    in
    let write parts = Lwt.catch (fun () -> T.writev_nodelay flow parts) broken in
    let close () = Lwt.catch (fun () -> T.close flow) broken in
    { Transport.read; write; close }

  module Server = struct
    include HTTP.Server
    module Server = HTTP.Server

    type flow = T.flow

    let listen ?timeout server flow =
      let peer = Some (T.get_dest flow) in
      Listening.serve ?timeout server peer (transport flow)
  end

  let listen ?timeout stack ~port server =
    S.listen_tcpv4 stack ~port (Server.listen ?timeout server)
end
