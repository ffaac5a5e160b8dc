(* SPDX-License-Identifier: ISC *)
(* Two connections that talk to each other in memory. *)

open Mirage_runtime_tls_core

type side = { mutable t : Connection.t; mutable events : Connection.event list }

let now = Pki.now
let pieces = ref max_int

(* [octets] in pieces of at most [!pieces]. *)
let rec cut octets =
  if Cstruct.length octets <= !pieces then [ octets ]
  else
    let first, rest = Cstruct.split octets !pieces in
    first :: cut rest

let receive side parts =
  List.concat_map
    (fun piece ->
      let t, out, events = Connection.receive side.t ~now piece in
      side.t <- t;
      side.events <- side.events @ events;
      out)
    (cut (Cstruct.concat parts))

(* [talk a b parts] brings [parts] of [a] to [b], and answers back, until silence. *)
let rec talk a b parts =
  if parts <> [] then talk b a (receive b parts)

let make client_config server_config =
  let t, hello = Connection.client client_config ~now in
  let client = { t; events = [] } in
  let server = { t = Connection.server server_config; events = [] } in
  talk client server hello;
  (client, server)

let send a b data =
  let t, parts = Connection.send a.t [ Cstruct.of_string data ] in
  a.t <- t;
  talk a b parts

let received side =
  String.concat ""
    (List.filter_map
       (function
         | Connection.Data data -> Some (Cstruct.to_string data) | _ -> None)
       side.events)

let ticket side =
  List.find_map
    (function Connection.Offered ticket -> Some ticket | _ -> None)
    side.events

(* The alert that ended it, as ["bad_certificate"]; ["none"] while all is well. *)
let failure side =
  match
    List.find_map
      (function Connection.Failed f -> Some f | _ -> None)
      side.events
  with
  | Some { alert; _ } -> Alert.to_string alert
  | None -> "none"
