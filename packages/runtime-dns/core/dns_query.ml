(* SPDX-License-Identifier: ISC *)

open Dns_message

type t = {
  question : question;
  sent : question;  (** with the case of its letters *)
  id : int;
  transport : [ `Udp | `Tcp ];
  edns : bool;
}

type step = Ask of [ `Udp | `Tcp ] * string | Answer of Dns_answer.t

let ask t =
  (t, Ask (t.transport, query ~id:t.id ~edns:t.edns t.sent))

let bits octets i =
  let octet = Char.code octets.[i / 8 mod String.length octets] in
  octet land (1 lsl (i land 7)) <> 0

let start ~random question =
  let octets = random 18 in
  let id = String.get_uint16_be octets 0 in
  let case = bits (String.sub octets 2 16) in
  let sent = { question with name = Dns_name.scramble case question.name } in
  ask { question; sent; id; transport = `Udp; edns = true }

let repeats (t : t) { Dns_message.id; question; _ } =
  id = t.id
  && question.family = t.sent.family
  && Dns_name.equal question.name t.sent.name

let receive t octets =
  match reply octets with
  | None -> None
  | Some reply when not (repeats t reply) -> None
  | Some reply -> (
      let same_case = reply.question = t.sent in
      match (reply.code, t.transport) with
      | (Format_error | Not_implemented), _ when t.edns && same_case ->
          Some (ask { t with edns = false })
      | _, `Udp when reply.truncated || not same_case ->
          Some (ask { t with transport = `Tcp })
      | _ when reply.truncated -> Some (t, Answer (Useless "its reply is cut short"))
      | _ -> Some (t, Answer (Dns_answer.of_reply t.question reply)))
