(* SPDX-License-Identifier: ISC *)

type action =
  | Report of Icmpv6_wire.listening * Ipaddr.V6.t list
  | Report_v1 of Ipaddr.V6.t

type t = {
  random : unit -> float;
  mutable groups : Ipaddr.V6.t list;
  mutable repeats : (float * Ipaddr.V6.t) list;
      (** to be told again, as the first report may have been lost *)
  mutable answer_at : float;
  mutable v1_until : float;
}

(* RFC 3810, section 9. *)
let unsolicited_interval = 1.
let older_version_for = 260.
let max_groups = 64

let create ~random =
  { random; groups = []; repeats = []; answer_at = infinity; v1_until = neg_infinity }

let is_in group = List.exists (Ipv6_address.equal group)
let hears t group = Ipv6_address.equal group Ipv6_address.all_nodes || is_in group t.groups

let tell t ~now listening groups =
  if groups = [] then []
  else if now < t.v1_until then
    if listening = Icmpv6_wire.Leaves then []
    else List.map (fun group -> Report_v1 group) groups
  else [ Report (listening, groups) ]

let join t ~now group =
  if is_in group t.groups || List.length t.groups >= max_groups then []
  else begin
    t.groups <- group :: t.groups;
    t.repeats <- (now +. (unsolicited_interval *. t.random ()), group) :: t.repeats;
    tell t ~now Begins [ group ]
  end

let leave t group =
  if is_in group t.groups then begin
    let other g = not (Ipv6_address.equal g group) in
    t.groups <- List.filter other t.groups;
    t.repeats <- List.filter (fun (_, g) -> other g) t.repeats;
    [ Report (Leaves, [ group ]) ]
  end
  else []

let queried t ~now ~group ~delay ~version =
  if version = 1 then t.v1_until <- now +. older_version_for;
  if Ipv6_address.is_unspecified group || is_in group t.groups then
    t.answer_at <- Float.min t.answer_at (now +. (delay *. t.random ()))

let next t = List.fold_left (fun at (time, _) -> Float.min at time) t.answer_at t.repeats

let tick t ~now =
  let due, later = List.partition (fun (at, _) -> at <= now) t.repeats in
  t.repeats <- later;
  let again = tell t ~now Begins (List.map snd due) in
  if t.answer_at <= now then begin
    t.answer_at <- infinity;
    again @ tell t ~now Listens t.groups
  end
  else again
