(* SPDX-License-Identifier: ISC *)

type answer = Addresses of Ipaddr.t list | Nothing
type entry = { answer : answer; since : float; until : float }
type t = { capacity : int; entries : (Dns_message.question, entry) Hashtbl.t }

let create ~capacity = { capacity; entries = Hashtbl.create 17 }
let length t = Hashtbl.length t.entries

let key { Dns_message.name; family } =
  { Dns_message.name = Dns_name.canonical name; family }

let holds ~now { since; until; _ } = since <= now && now < until

let sooner question entry = function
  | Some (_, other) as first when other.until <= entry.until -> first
  | Some _ | None -> Some (question, entry)

let make_room t ~now =
  Hashtbl.filter_map_inplace
    (fun _ entry -> if holds ~now entry then Some entry else None)
    t.entries;
  if length t >= t.capacity then
    match Hashtbl.fold sooner t.entries None with
    | Some (question, _) -> Hashtbl.remove t.entries question
    | None -> ()

let add t ~now ~ttl question answer =
  if ttl > 0 then begin
    let question = key question in
    if length t >= t.capacity && not (Hashtbl.mem t.entries question) then
      make_room t ~now;
    Hashtbl.replace t.entries question
      { answer; since = now; until = now +. float_of_int ttl }
  end

let find t ~now question =
  match Hashtbl.find_opt t.entries (key question) with
  | Some entry when holds ~now entry -> Some entry.answer
  | Some _ | None -> None
