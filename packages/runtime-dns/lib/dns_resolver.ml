(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module type STACK = sig
  include V1_LWT.STACKV4

  val bind_udpv4 : t -> UDPV4.callback -> int * (unit -> unit)
end

let port = 53
let rounds = [ 2.; 4. ]
let tcp_seconds = 5.
let max_servers = 3
let max_aliases = 8
let max_waiting = 8
let cached_answers = 256

module Make (S : STACK) (Time : V1_LWT.TIME) (Clock : V1.CLOCK) = struct
  module Tcp = Dns_tcp.Make (S.TCPV4)

  type +'a io = 'a Lwt.t
  type ipaddr = Ipaddr.t
  type id = S.t

  type error =
    [ `Malformed_name of string | `Unknown_host | `Unavailable of string ]

  type t = {
    stack : S.t;
    cache : Dns_cache.t;
    under_way : (Dns_message.question, (Dns_cache.answer, string) result Lwt.t) Hashtbl.t;
  }

  let id t = t.stack

  let connect stack =
    let cache = Dns_cache.create ~capacity:cached_answers in
    Lwt.return (`Ok { stack; cache; under_way = Hashtbl.create 7 })

  let disconnect _ = Lwt.return_unit

  (* {1 One server} *)

  let within seconds ~why work =
    Lwt.pick [ work; (Time.sleep seconds >|= fun () -> Error why) ]

  let silence = "the server does not answer"

  (* What a server says over TCP to [message]. *)
  let by_tcp t server message =
    S.TCPV4.create_connection (S.tcpv4 t.stack) (server, port) >>= function
    | `Error _ -> Lwt.return (Error "the server takes no TCP connection")
    | `Ok flow ->
        Lwt.finalize
          (fun () ->
            within tcp_seconds ~why:silence (Tcp.exchange flow message))
          (fun () ->
            Lwt.catch (fun () -> S.TCPV4.close flow) (fun _ -> Lwt.return_unit))

  let rec continue_tcp t server query message =
    by_tcp t server message >>= function
    | Error why -> Lwt.return (Error why)
    | Ok reply -> (
        match Dns_query.receive query reply with
        | Some (_, Answer answer) -> Lwt.return (Ok answer)
        | Some (query, Ask (_, message)) -> continue_tcp t server query message
        | None -> Lwt.return (Error "the server answers another question"))

  let send t ~source_port server message =
    S.UDPV4.write ~source_port ~dest_ip:server ~dest_port:port (S.udpv4 t.stack)
      (Cstruct.of_string message)

  (* Over UDP, what others send to the port is passed over. *)
  let ask t question ~seconds server =
    let replies, arrived = Lwt_stream.create_bounded max_waiting in
    let from_server ~src ~dst:_ ~src_port datagram =
      let expected = Ipaddr.V4.compare src server = 0 && src_port = port in
      if expected && arrived#count < max_waiting then
        arrived#push (Cstruct.to_string datagram)
      else Lwt.return_unit
    in
    let source_port, give_back = S.bind_udpv4 t.stack from_server in
    let rec continue query = function
      | Dns_query.Answer answer -> Lwt.return (Ok answer)
      | Ask (`Tcp, message) -> continue_tcp t server query message
      | Ask (`Udp, message) ->
          let rec listen () =
            Lwt_stream.next replies >>= fun reply ->
            match Dns_query.receive query reply with
            | None -> listen ()
            | Some next -> Lwt.return (Ok next)
          in
          within seconds ~why:silence
            (send t ~source_port server message >>= listen)
          >>= (function
          | Ok (query, step) -> continue query step
          | Error why -> Lwt.return (Error why))
    in
    Lwt.finalize
      (fun () ->
        let query, step = Dns_query.start ~random:Unpredictable.octets question in
        continue query step)
      (fun () ->
        give_back ();
        Lwt.return_unit)

  (* {1 All servers} *)

  let servers () =
    let known = (Name_service.known ()).servers in
    List.filteri (fun i _ -> i < max_servers) (List.filter_map Ipaddr.to_v4 known)

  (* One server after the other, in rounds; the last failure counts. *)
  let ask_all t question =
    let attempts =
      List.concat_map
        (fun seconds -> List.map (fun server -> (seconds, server)) (servers ()))
        rounds
    in
    let rec go why = function
      | [] -> Lwt.return (Error why)
      | (seconds, server) :: rest -> (
          let failed why =
            go (Printf.sprintf "%s: %s" (Ipaddr.V4.to_string server) why) rest
          in
          ask t question ~seconds server >>= function
          | Ok (Dns_answer.Useless why) | Error why -> failed why
          | Ok answer -> Lwt.return (Ok answer))
    in
    go "no name server is known" attempts

  let keep t question ~ttl answer =
    Dns_cache.add t.cache ~now:(Clock.time ()) ~ttl question answer;
    Lwt.return (Ok answer)

  let rec fetch t question ~left =
    ask_all t question >>= function
    | Error why -> Lwt.return (Error why)
    | Ok (Addresses { addresses; ttl }) ->
        keep t question ~ttl (Dns_cache.Addresses addresses)
    | Ok (Nothing { ttl }) -> keep t question ~ttl Dns_cache.Nothing
    | Ok (Useless why) -> Lwt.return (Error why)
    | Ok (Elsewhere _) when left = 0 ->
        Lwt.return (Error "the name is an alias of too many others")
    | Ok (Elsewhere name) -> fetch t { question with name } ~left:(left - 1)

  let answer t question =
    match Dns_cache.find t.cache ~now:(Clock.time ()) question with
    | Some answer -> Lwt.return (Ok answer)
    | None -> (
        match Hashtbl.find_opt t.under_way question with
        | Some asking -> asking
        | None ->
            let asking =
              Lwt.finalize
                (fun () -> fetch t question ~left:max_aliases)
                (fun () ->
                  Hashtbl.remove t.under_way question;
                  Lwt.return_unit)
            in
            if Lwt.is_sleeping asking then Hashtbl.replace t.under_way question asking;
            asking)

  (* {1 Names} *)

  let rec first t = function
    | [] -> Lwt.return (`Error `Unknown_host)
    | name :: rest -> (
        answer t { Dns_message.name = Dns_name.canonical name; family = A }
        >>= function
        | Ok (Addresses (_ :: _ as addresses)) -> Lwt.return (`Ok addresses)
        | Ok (Addresses [] | Nothing) -> first t rest
        | Error why -> Lwt.return (`Error (`Unavailable why)))

  let search () =
    List.filter_map
      (fun domain -> Result.to_option (Dns_name.of_host domain))
      (Name_service.known ()).domains

  let addresses t host =
    match Dns_search.own host with
    | Some own -> Lwt.return (`Ok own)
    | None -> (
        match Dns_search.candidates ~search:(search ()) host with
        | Ok names -> first t names
        | Error why -> Lwt.return (`Error (`Malformed_name why)))
end
