(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_tls_core

module type TRANSPORT = sig
  type flow
  type error

  val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t
  val writev_nodelay : flow -> Cstruct.t list -> unit Lwt.t
  val close : flow -> unit Lwt.t
end

module Make (T : TRANSPORT) (Clock : V1.CLOCK) = struct
  type error =
    [ `Tls of Connection.failure | `Truncated | `Transport of T.error ]

  type flow = {
    transport : T.flow;
    mutable tls : Connection.t;
    ready : Cstruct.t Queue.t;  (** data that nobody has read *)
    mutable ended : [ `Eof | `Error of error ] option;
    mutable unsent : Cstruct.t list;  (** records, the last first *)
    mutable sending : unit Lwt.t;  (** until [unsent] is empty *)
    on_ticket : Session.ticket -> unit;
  }

  let error_to_string = function
    | `Tls { Connection.alert; why; by_peer } ->
        Printf.sprintf "%s%s" why
          (if by_peer then "" else " (" ^ Alert.to_string alert ^ ")")
    | `Truncated -> "the connection ended without close_notify"
    | `Transport _ -> "the connection broke"

  let now () =
    match Ptime.of_float_s (Clock.time ()) with
    | Some time -> time
    | None -> Ptime.epoch

  let transport t = t.transport

  let session t =
    match Connection.session t.tls with
    | Some session -> session
    | None -> invalid_arg "Tls_flow.session"

  (* Records are sent in the order in which they were protected. *)
  let rec drain t =
    match t.unsent with
    | [] -> Lwt.return_unit
    | unsent ->
        t.unsent <- [];
        T.writev_nodelay t.transport (List.rev unsent) >>= fun () -> drain t

  let push t records =
    if records <> [] then begin
      t.unsent <- List.rev_append records t.unsent;
      if Lwt.state t.sending <> Lwt.Sleep then t.sending <- drain t
    end

  let event t = function
    | Connection.Established _ -> ()
    | Data data -> Queue.add data t.ready
    | Offered ticket -> t.on_ticket ticket
    | End_of_data -> t.ended <- Some `Eof
    | Failed failure -> t.ended <- Some (`Error (`Tls failure))

  let ignore_failure promise = Lwt.catch (fun () -> promise) (fun _ -> Lwt.return_unit)

  (* A peer that asks without reading what is answered is not read either. *)
  let most_unsent = 1024

  let settled t =
    if List.compare_length_with t.unsent most_unsent > 0 then
      ignore_failure t.sending
    else Lwt.return_unit

  (* Takes what the network brings next. *)
  let receive t =
    Lwt.catch
      (fun () -> settled t >>= fun () -> T.read t.transport)
      (fun _ -> Lwt.return `Eof)
    >|= function
    | `Ok octets ->
        let tls, records, events =
          Connection.receive t.tls ~now:(now ()) octets
        in
        t.tls <- tls;
        push t records;
        List.iter (event t) events
    | `Eof -> t.ended <- Some (`Error `Truncated)
    | `Error error -> t.ended <- Some (`Error (`Transport error))

  let rec read t =
    match Queue.take_opt t.ready with
    | Some data -> Lwt.return (`Ok data)
    | None -> (
        match t.ended with
        | Some (`Eof | `Error _ as ended) -> Lwt.return (ended :> [ `Ok of Cstruct.t | `Eof | `Error of error ])
        | None -> receive t >>= fun () -> read t)

  let writev t data =
    if not (Connection.can_send t.tls) then
      Lwt.return
        (match t.ended with
        | Some (`Error _ as error) -> error
        | Some `Eof | None -> `Eof)
    else begin
      let tls, records = Connection.send t.tls data in
      t.tls <- tls;
      push t records;
      Lwt.catch
        (fun () -> t.sending >|= fun () -> `Ok ())
        (fun _ -> Lwt.return (`Error `Truncated))
    end

  let write t data = writev t [ data ]

  let update_keys t =
    if Connection.can_send t.tls then begin
      let tls, records = Connection.update_keys t.tls ~request:true in
      t.tls <- tls;
      push t records
    end;
    ignore_failure t.sending

  let close t =
    let tls, records = Connection.close t.tls in
    t.tls <- tls;
    push t records;
    ignore_failure t.sending >>= fun () ->
    ignore_failure (T.close t.transport)

  let rec handshake t =
    match (Connection.session t.tls, t.ended) with
    | _, Some ended ->
        (* The alert goes out before the end. *)
        ignore_failure t.sending >>= fun () ->
        ignore_failure (T.close t.transport) >|= fun () ->
        Error (match ended with `Error error -> error | `Eof -> `Truncated)
    | Some _, None -> Lwt.return (Ok t)
    | None, None -> receive t >>= fun () -> handshake t

  let make transport tls ~on_ticket =
    {
      transport;
      tls;
      ready = Queue.create ();
      ended = None;
      unsent = [];
      sending = Lwt.return_unit;
      on_ticket;
    }

  let server config transport =
    handshake (make transport (Connection.server config) ~on_ticket:ignore)

  let client ?(on_ticket = ignore) config transport =
    let tls, hello = Connection.client config ~now:(now ()) in
    let t = make transport tls ~on_ticket in
    push t hello;
    handshake t
end
