(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_http_core

module type STACK = sig
  type t

  module TCPV4 : sig
    type flow
    type error

    val get_dest : flow -> Ipaddr.V4.t * int
    val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t
    val writev_nodelay : flow -> Cstruct.t list -> unit Lwt.t
    val close : flow -> unit Lwt.t
  end

  val listen_tcpv4 : t -> port:int -> (TCPV4.flow -> unit Lwt.t) -> unit
end

module Make (S : STACK) = struct
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

    let listen ?(config = HTTP.Config.default) server flow =
      Listening.serve_and_close (Listening.group config) server
        (Some (T.get_dest flow))
        (transport flow)
  end

  let listen ?(config = HTTP.Config.default) stack ~port server =
    let group = Listening.group config in
    S.listen_tcpv4 stack ~port (fun flow ->
        let peer = Some (T.get_dest flow) in
        Listening.serve group server peer (transport flow) >>= function
        | Serve.Closed -> Lwt.return_unit
        (* The stack resets the connection of a callback that fails. *)
        | Cut_off -> Lwt.fail End_of_file)
end
