(* SPDX-License-Identifier: ISC *)

open Dns_message

type t =
  | Addresses of { addresses : Ipaddr.t list; ttl : int }
  | Nothing of { ttl : int }
  | Elsewhere of Dns_name.t
  | Useless of string

let max_ttl = 86_400
let max_negative_ttl = 10_800
let max_aliases = 16

let fits family address =
  match (family, address) with
  | A, Ipaddr.V4 _ | Aaaa, Ipaddr.V6 _ -> true
  | A, Ipaddr.V6 _ | Aaaa, Ipaddr.V4 _ -> false

let shortest records =
  List.fold_left (fun ttl record -> min ttl record.ttl) max_ttl records

let of_records family records name ~negative =
  let rec follow name ttl left =
    let own = List.filter (fun record -> Dns_name.equal record.owner name) records in
    let is_wanted record =
      match record.data with
      | Address address -> fits family address
      | Alias _ | Other -> false
    in
    match List.filter is_wanted own with
    | _ :: _ as wanted ->
        let address record =
          match record.data with
          | Address address -> Some address
          | Alias _ | Other -> None
        in
        let addresses = List.filter_map address wanted in
        Addresses { addresses; ttl = min ttl (shortest wanted) }
    | [] -> (
        let alias record =
          match record.data with
          | Alias target -> Some (target, record.ttl)
          | Address _ | Other -> None
        in
        match List.find_map alias own with
        | None when left = max_aliases -> Nothing { ttl = negative }
        | None -> Elsewhere name
        | Some _ when left = 0 -> Useless "its aliases form a circle"
        | Some (target, own_ttl) -> follow target (min ttl own_ttl) (left - 1))
  in
  follow name max_ttl max_aliases

let of_reply question reply =
  let negative =
    match reply.negative_ttl with
    | Some ttl -> min ttl max_negative_ttl
    | None -> 0
  in
  match reply.code with
  | No_such_name -> Nothing { ttl = negative }
  | No_error -> (
      match of_records question.family reply.answers question.name ~negative with
      | Elsewhere _ when Option.is_some reply.negative_ttl ->
          Nothing { ttl = negative }
      | answer -> answer)
  | Format_error -> Useless "the server does not understand the query"
  | Server_failure -> Useless "the server failed"
  | Not_implemented -> Useless "the server does not answer such queries"
  | Refused -> Useless "the server refuses to answer"
  | Code n -> Useless (Printf.sprintf "the server answers with the code %d" n)
