(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_tls_core

(* Servers whose latest ticket is kept. *)
let max_tickets = 64

module Make
    (S : V1_LWT.STACKV4)
    (R : V1_LWT.RESOLVER with type ipaddr = Ipaddr.t)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (E : V1_LWT.ENTROPY) =
struct
  module Tls = Tls_stack.Make (S) (Time) (Clock)
  module Dial = Http_client.Dial (S) (R)
  module Plain = Mirage_runtime_http_core.Transport_of_flow.Make (S.TCPV4)
  module Secure = Mirage_runtime_http_core.Transport_of_flow.Make (Tls.TCPV4)

  type settings = {
    stack : S.t;
    resolver : R.t;
    random : Primitives.random;
    trust : Trust.t;
    tickets : (string * int, Session.ticket) Hashtbl.t;
  }

  include Http_client.Over (struct
    type t = settings

    let sleep = Time.sleep

    let keep t server ticket =
      if Hashtbl.length t.tickets >= max_tickets then Hashtbl.reset t.tickets;
      Hashtbl.replace t.tickets server ticket

    let secure t ~host ~port name flow =
      let server = (host, port) in
      let ticket = Hashtbl.find_opt t.tickets server in
      (* A ticket is used once (RFC 8446, appendix C.4). *)
      Hashtbl.remove t.tickets server;
      let config =
        Client.config ?ticket ~protocols:[ "http/1.1" ] ~random:t.random
          ~trust:t.trust name
      in
      Tls.secure ~on_ticket:(keep t server) config flow
      >|= Result.map Secure.strict_transport

    let connect t ~tls ~host ~port =
      let dial () = Dial.dial t.stack t.resolver ~host ~port in
      if not tls then dial () >|= Result.map Plain.strict_transport
      else
        match Trust.name_of_string host with
        | Error why -> Lwt.return (Error why)
        | Ok name -> (
            dial () >>= function
            | Ok flow -> secure t ~host ~port name flow
            | Error why -> Lwt.return (Error why))
  end)

  let connect ~entropy ~anchors stack resolver =
    match Trust.anchors_of_pem anchors with
    | Error why -> Lwt.return (`Error (`Unknown why))
    | Ok trust -> (
        Tls_random.make (E.entropy entropy) >|= function
        | Error (`Invalid_entropy why) -> `Error (`Unknown ("no entropy: " ^ why))
        | Ok random ->
            let tickets = Hashtbl.create 7 in
            `Ok (create { stack; resolver; random; trust; tickets }))
end
