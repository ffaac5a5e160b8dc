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

  include Transport_of_flow.Make (T)

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
