(* SPDX-License-Identifier: ISC *)

type 'key partial = {
  key : 'key;
  mutable fragments : (int * Cstruct.t) list;  (** by offset, disjoint *)
  mutable begins : int;  (** what the first fragment says *)
  mutable octets : int;
  mutable total : int option;  (** known once the last fragment is there *)
  mutable age : int;
  mutable poisoned : bool;  (** kept only to swallow further fragments *)
}

type 'key t = {
  max_datagrams : int;
  max_octets : int;
  partials : ('key, 'key partial) Hashtbl.t;
  arrival : 'key partial Queue.t;  (** oldest first; also holds some that are gone *)
  mutable octets : int;
}

let tick_period = 5.
let max_age = 6
let max_payload = 65535
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

let release t (partial : _ partial) =
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
      { key; fragments = []; begins = 0; octets = 0; total = None; age = 0; poisoned = false }
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

let add t (partial : _ partial) ~more offset data =
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

let insert t key ~offset ~more ~begins payload =
  let len = Cstruct.length payload in
  if offset + len > max_payload || (more && len land 7 <> 0) || len = 0 then None
  else begin
    let partial = find_or_add t key in
    if partial.poisoned then None
    else begin
      add t partial ~more offset payload;
      if offset = 0 then partial.begins <- begins;
      make_room t partial;
      if partial.total = Some partial.octets then begin
        let whole = Cstruct.concat (List.map snd partial.fragments) in
        remove t partial;
        Some (partial.begins, whole)
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
