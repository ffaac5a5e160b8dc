(* SPDX-License-Identifier: ISC *)

module Table = Hashtbl.Make (Ipv6_address)

type standing = Reachable | Stale | Delayed | Probed of int

type known = {
  mutable mac : Macaddr.t;
  mutable standing : standing;
  mutable since : float;
}

type 'w incomplete = { mutable tries : int; mutable asked : float; waiting : 'w Queue.t }
type 'w entry = Resolved of known | Incomplete of 'w incomplete

type 'w t = {
  entries : 'w entry Table.t;
  mutable incomplete : int;
  mutable waiting : int;  (** in all entries *)
  mutable reachable_time : float;
}

type answer = Known of Macaddr.t | Doubtful of Macaddr.t | Unknown

type 'w action =
  | Ask of Ipaddr.V6.t
  | Probe of Ipaddr.V6.t * Macaddr.t
  | Lost of Ipaddr.V6.t * 'w list

let max_resolved = 1024
let max_incomplete = 256
let max_waiting = 4096

(* RFC 4861, section 10. *)
let retransmission = 1.
let max_tries = 3
let first_probe = 5.
let default_reachable_time = 30.

(* An entry that nobody uses goes. *)
let idle = 600.

let create () =
  {
    entries = Table.create 16;
    incomplete = 0;
    waiting = 0;
    reachable_time = default_reachable_time;
  }

let size t = Table.length t.entries
let set_reachable_time t seconds = t.reachable_time <- seconds

let enter known ~now standing =
  known.standing <- standing;
  known.since <- now

let find t ~now ip =
  match Table.find_opt t.entries ip with
  | Some (Resolved known) ->
    (match known.standing with
     | Reachable when now -. known.since < t.reachable_time -> Known known.mac
     | Reachable | Stale ->
       enter known ~now Delayed;
       Doubtful known.mac
     | Delayed | Probed _ -> Known known.mac)
  | Some (Incomplete _) | None -> Unknown

let wait t ~now ip w =
  let keep (pending : _ incomplete) =
    t.waiting <- t.waiting + 1;
    Queue.add w pending.waiting
  in
  if t.waiting >= max_waiting then `Full
  else
    match Table.find_opt t.entries ip with
    | Some (Incomplete pending) ->
      keep pending;
      `Asked
    | None when t.incomplete >= max_incomplete -> `Full
    | Some (Resolved _) | None ->
      let pending = { tries = 1; asked = now; waiting = Queue.create () } in
      Table.replace t.entries ip (Incomplete pending);
      t.incomplete <- t.incomplete + 1;
      keep pending;
      `Ask

(* When the cache is full, the one goes whose standing has not changed for longest. *)
let make_room t =
  if Table.length t.entries - t.incomplete >= max_resolved then
    let older ip entry oldest =
      match (entry, oldest) with
      | Incomplete _, _ -> oldest
      | Resolved known, Some (_, since) when known.since >= since -> oldest
      | Resolved known, (Some _ | None) -> Some (ip, known.since)
    in
    Option.iter
      (fun (ip, _) -> Table.remove t.entries ip)
      (Table.fold older t.entries None)

let waiting_in t (pending : _ incomplete) =
  t.incomplete <- t.incomplete - 1;
  t.waiting <- t.waiting - Queue.length pending.waiting;
  List.of_seq (Queue.to_seq pending.waiting)

let resolve t ip known =
  match Table.find_opt t.entries ip with
  | Some (Incomplete pending) ->
    Table.remove t.entries ip;
    let waiting = waiting_in t pending in
    make_room t;
    Table.replace t.entries ip (Resolved known);
    waiting
  | Some (Resolved _) | None ->
    make_room t;
    Table.replace t.entries ip (Resolved known);
    []

let same a b = Macaddr.compare a b = 0

let speaks t ~now ip mac =
  match Table.find_opt t.entries ip with
  | Some (Resolved known) when same known.mac mac -> []
  | Some (Resolved _ | Incomplete _) | None ->
    resolve t ip { mac; standing = Stale; since = now }

let advertises t ~now ip ~solicited ~override mac =
  match (Table.find_opt t.entries ip, mac) with
  | None, _ | Some (Incomplete _), None -> None
  | Some (Incomplete _), Some mac ->
    let standing = if solicited then Reachable else Stale in
    Some (resolve t ip { mac; standing; since = now }, mac)
  | Some (Resolved known), mac ->
    let mac = Option.value mac ~default:known.mac in
    let changed = not (same mac known.mac) in
    if changed && not override then begin
      if known.standing = Reachable then enter known ~now Stale
    end
    else begin
      known.mac <- mac;
      if solicited then enter known ~now Reachable
      else if changed then enter known ~now Stale
    end;
    None

(* When the entry is next to be looked at. *)
let due t = function
  | Incomplete pending -> pending.asked +. retransmission
  | Resolved { standing = Reachable; since; _ } -> since +. t.reachable_time +. idle
  | Resolved { standing = Stale; since; _ } -> since +. idle
  | Resolved { standing = Delayed; since; _ } -> since +. first_probe
  | Resolved { standing = Probed _; since; _ } -> since +. retransmission

let next t = Table.fold (fun _ entry at -> Float.min at (due t entry)) t.entries infinity

let expire t ~now ip entry =
  match entry with
  | Incomplete pending when pending.tries >= max_tries ->
    Table.remove t.entries ip;
    [ Lost (ip, waiting_in t pending) ]
  | Incomplete pending ->
    pending.tries <- pending.tries + 1;
    pending.asked <- now;
    [ Ask ip ]
  | Resolved ({ standing = Delayed; _ } as known) ->
    enter known ~now (Probed 1);
    [ Probe (ip, known.mac) ]
  | Resolved ({ standing = Probed tries; _ } as known) when tries < max_tries ->
    enter known ~now (Probed (tries + 1));
    [ Probe (ip, known.mac) ]
  | Resolved _ ->
    Table.remove t.entries ip;
    []

let tick t ~now =
  let is_due (_, entry) = due t entry <= now in
  let all = Table.fold (fun ip entry all -> (ip, entry) :: all) t.entries [] in
  List.concat_map (fun (ip, entry) -> expire t ~now ip entry) (List.filter is_due all)
