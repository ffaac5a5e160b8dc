(* SPDX-License-Identifier: ISC *)

type key = { src : Ipaddr.V4.t; dst : Ipaddr.V4.t; proto : int; id : int }

type partial = {
  key : key;
  mutable fragments : (int * Cstruct.t) list;  (** by offset, disjoint *)
  mutable octets : int;
  mutable total : int option;  (** known once the last fragment is there *)
  mutable age : int;
  mutable poisoned : bool;  (** kept only to swallow further fragments *)
}

type t = {
  max_datagrams : int;
  max_octets : int;
  partials : (key, partial) Hashtbl.t;
  arrival : partial Queue.t;  (** oldest first; also holds some that are gone *)
  mutable octets : int;
}

let tick_period = 5.
let max_age = 6
let max_payload = 65535 - Ipv4_wire.length
let max_fragments = 128

let create ~max_datagrams ~max_octets =
  {
    max_datagrams;
    max_octets;
    partials = Hashtbl.create 8;
    arrival = Queue.create ();
    octets = 0;
  }

let is_empty t = Hashtbl.length t.partials = 0

let is_kept t partial =
  match Hashtbl.find_opt t.partials partial.key with
  | Some kept -> kept == partial
  | None -> false

let release t (partial : partial) =
  t.octets <- t.octets - partial.octets;
  partial.octets <- 0;
  partial.fragments <- []

let remove t partial =
  release t partial;
  Hashtbl.remove t.partials partial.key

let rec evict_oldest t =
  match Queue.take_opt t.arrival with
  | None -> ()
  | Some partial -> if is_kept t partial then remove t partial else evict_oldest t

(* The queue of arrivals stays within a constant factor of what is kept. *)
let compact t =
  if Queue.length t.arrival > 2 * t.max_datagrams then begin
    let kept = Queue.create () in
    Queue.iter (fun p -> if is_kept t p then Queue.add p kept) t.arrival;
    Queue.clear t.arrival;
    Queue.transfer kept t.arrival
  end

let find_or_add t key =
  match Hashtbl.find_opt t.partials key with
  | Some partial -> partial
  | None ->
    if Hashtbl.length t.partials >= t.max_datagrams then evict_oldest t;
    let partial =
      { key; fragments = []; octets = 0; total = None; age = 0; poisoned = false }
    in
    Hashtbl.replace t.partials key partial;
    Queue.add partial t.arrival;
    compact t;
    partial

let poison t partial =
  partial.poisoned <- true;
  release t partial

let ends (offset, data) = offset + Cstruct.length data

type placement = Placed of (int * Cstruct.t) list | Duplicate | Overlap

let place fragments ((offset, data) as fragment) =
  let rec go before = function
    | [] -> Placed (List.rev_append before [ fragment ])
    | ((offset', data') as other) :: rest ->
      if ends other <= offset then go (other :: before) rest
      else if ends fragment <= offset' then
        Placed (List.rev_append before (fragment :: other :: rest))
      else if offset = offset' && Cstruct.equal data data' then Duplicate
      else Overlap
  in
  go [] fragments

let total_agrees partial ~more fragment_end =
  match partial.total with
  | Some total -> if more then fragment_end <= total else fragment_end = total
  | None -> more || List.for_all (fun f -> ends f <= fragment_end) partial.fragments

let add t partial ~more offset data =
  let fragment_end = offset + Cstruct.length data in
  if not (total_agrees partial ~more fragment_end) then poison t partial
  else
    (* A frame may share memory with others: keeping a copy bounds what is
       really held. *)
    match place partial.fragments (offset, Cstruct.append data Cstruct.empty) with
    | Duplicate -> ()
    | Overlap -> poison t partial
    | Placed fragments when List.length fragments > max_fragments ->
      poison t partial
    | Placed fragments ->
      partial.fragments <- fragments;
      partial.octets <- partial.octets + Cstruct.length data;
      t.octets <- t.octets + Cstruct.length data;
      if not more then partial.total <- Some fragment_end

let rec make_room t partial =
  if t.octets > t.max_octets && Hashtbl.length t.partials > 1 then begin
    (match Queue.peek_opt t.arrival with
     | Some oldest when oldest == partial ->
       Queue.add (Queue.take t.arrival) t.arrival
     | Some _ | None -> evict_oldest t);
    make_room t partial
  end

let insert t (f : Ipv4_wire.t) =
  let len = Cstruct.length f.payload in
  let more = f.more_fragments in
  if
    f.fragment_offset + len > max_payload
    || (more && (len = 0 || len land 7 <> 0))
    || len = 0
  then None
  else begin
    let key = { src = f.src; dst = f.dst; proto = f.proto; id = f.id } in
    let partial = find_or_add t key in
    if partial.poisoned then None
    else begin
      add t partial ~more f.fragment_offset f.payload;
      make_room t partial;
      if partial.total = Some partial.octets then begin
        let whole = Cstruct.concat (List.map snd partial.fragments) in
        remove t partial;
        Some whole
      end
      else None
    end
  end

let tick t =
  let age _ partial expired =
    partial.age <- partial.age + 1;
    if partial.age >= max_age then partial :: expired else expired
  in
  List.iter (remove t) (Hashtbl.fold age t.partials [])
