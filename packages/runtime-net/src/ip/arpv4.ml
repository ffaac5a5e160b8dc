(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

exception No_answer of Ipaddr.V4.t

type resolved = {
  mutable mac : Macaddr.t;
  mutable age : int;  (** in {!age_period}s since it was last confirmed *)
  mutable asked : bool;  (** again, in the current period *)
}

type pending = { mutable tries : int; waiters : Macaddr.t Lwt.u Queue.t }
type entry = Resolved of resolved | Pending of pending

module Table = Hashtbl.Make (Ipv4_address)

type t = {
  own_mac : Macaddr.t;
  output : Cstruct.t -> unit Lwt.t;
  mutable ips : Ipaddr.V4.t list;
  cache : entry Table.t;
  mutable pending_count : int;
  mutable waiter_count : int;  (** for all pending entries *)
  mutable retrying : bool;
  mutable ageing : bool;
  mutable defended : bool;  (** an own address, a short while ago *)
}

let max_resolved = 1024
let max_pending = 256
let max_waiters = 4096
let max_tries = 3
let retry_period = 1.
let age_period = 30.

(* An entry is asked for again after a minute while it still serves, and goes
   after another one without an answer. *)
let stale_age = 2
let max_age = 4

let create ~mac ~output =
  (* A frame that cannot be sent is as good as lost on the way. *)
  let output frame =
    Lwt.catch (fun () -> output frame) (fun _ -> Lwt.return_unit)
  in
  {
    own_mac = mac;
    output;
    ips = [];
    cache = Table.create 16;
    pending_count = 0;
    waiter_count = 0;
    retrying = false;
    ageing = false;
    defended = false;
  }

let get_ips t = t.ips
let is_own t ip = List.exists (fun own -> Ipv4_address.equal own ip) t.ips

let send t ~dst message = t.output (Arp_wire.frame ~dst message)

let own_ip t = match t.ips with ip :: _ -> ip | [] -> Ipaddr.V4.any
let unknown_mac = Macaddr.of_octets_exn "\000\000\000\000\000\000"

let ask t ?(dst = Macaddr.broadcast) ip =
  send t ~dst
    {
      operation = Request;
      sender_mac = t.own_mac;
      sender_ip = own_ip t;
      target_mac = unknown_mac;
      target_ip = ip;
    }

let announce t ip =
  send t ~dst:Macaddr.broadcast
    {
      operation = Request;
      sender_mac = t.own_mac;
      sender_ip = ip;
      target_mac = unknown_mac;
      target_ip = ip;
    }

let snapshot t = Table.fold (fun ip entry all -> (ip, entry) :: all) t.cache []

let rec age t =
  Net_time.sleep age_period >>= fun () ->
  let keep (ip, entry) =
    match entry with
    | Pending _ -> ()
    | Resolved r ->
      r.age <- r.age + 1;
      r.asked <- false;
      if r.age >= max_age then Table.remove t.cache ip
  in
  List.iter keep (snapshot t);
  if Table.length t.cache > t.pending_count then age t
  else begin
    t.ageing <- false;
    Lwt.return_unit
  end

let start_ageing t =
  if not t.ageing then begin
    t.ageing <- true;
    Background.run "arp" (fun () -> age t)
  end

(* When the cache is full, the entry that was confirmed longest ago goes. *)
let make_room t =
  if Table.length t.cache - t.pending_count >= max_resolved then
    let older (oldest : (Ipaddr.V4.t * int) option) (ip, entry) =
      match (entry, oldest) with
      | Resolved r, Some (_, age) when r.age <= age -> oldest
      | Resolved r, (Some _ | None) -> Some (ip, r.age)
      | Pending _, _ -> oldest
    in
    match List.fold_left older None (snapshot t) with
    | Some (ip, _) -> Table.remove t.cache ip
    | None -> ()

let add t ip mac =
  make_room t;
  Table.replace t.cache ip (Resolved { mac; age = 0; asked = false });
  start_ageing t

let forget_pending t ip p =
  Table.remove t.cache ip;
  t.pending_count <- t.pending_count - 1;
  t.waiter_count <- t.waiter_count - Queue.length p.waiters

(* [create] is whether the sender may enter the cache without being asked for. *)
let learn t ~create ip mac =
  match Table.find_opt t.cache ip with
  | Some (Resolved r) ->
    r.mac <- mac;
    r.age <- 0
  | Some (Pending p) ->
    forget_pending t ip p;
    add t ip mac;
    Queue.iter (fun waiter -> Lwt.wakeup_later waiter mac) p.waiters
  | None -> if create then add t ip mac

(* RFC 5227, section 1.1. *)
let defend_interval = 10.

(* Says once that the address is ours (RFC 5227, section 2.4), not in answer to each claim:
   two that insist would go on for ever. *)
let defend t (m : Arp_wire.t) =
  if t.defended then Lwt.return_unit
  else begin
    t.defended <- true;
    Background.run "arp" (fun () ->
        Net_time.sleep defend_interval >|= fun () -> t.defended <- false);
    Printf.eprintf "arp: %s claims the address %s\n%!"
      (Macaddr.to_string m.sender_mac)
      (Ipaddr.V4.to_string m.sender_ip);
    announce t m.sender_ip
  end

let report_claim t (m : Arp_wire.t) =
  let claim address ~tentative =
    Address_claims.report { seen_by = t.own_mac; by = m.sender_mac; address; tentative }
  in
  if not (Ipv4_address.is_any m.sender_ip) then claim m.sender_ip ~tentative:false
  else if m.operation = Request then claim m.target_ip ~tentative:true

let take t (m : Arp_wire.t) =
  let for_us = is_own t m.target_ip in
  let has_sender =
    not (Ipv4_address.is_any m.sender_ip)
    && not (Ipv4_address.equal m.sender_ip Ipaddr.V4.broadcast)
    && not (is_own t m.sender_ip)
  in
  if has_sender then
    learn t ~create:(for_us && m.operation = Request) m.sender_ip m.sender_mac;
  if for_us && m.operation = Request then
    send t ~dst:m.sender_mac
      {
        operation = Reply;
        sender_mac = t.own_mac;
        sender_ip = m.target_ip;
        target_mac = m.sender_mac;
        target_ip = m.sender_ip;
      }
  else Lwt.return_unit

let input t payload =
  match Arp_wire.parse payload with
  | Some m when Macaddr.compare m.sender_mac t.own_mac <> 0 ->
    report_claim t m;
    if is_own t m.sender_ip then defend t m else take t m
  | Some _ | None -> Lwt.return_unit

let give_up t ip p =
  forget_pending t ip p;
  Queue.iter (fun waiter -> Lwt.wakeup_later_exn waiter (No_answer ip)) p.waiters

let rec retry t =
  Net_time.sleep retry_period >>= fun () ->
  let again (ip, entry) =
    match entry with
    | Resolved _ -> Lwt.return_unit
    | Pending p when p.tries >= max_tries ->
      give_up t ip p;
      Lwt.return_unit
    | Pending p ->
      p.tries <- p.tries + 1;
      ask t ip
  in
  Lwt_list.iter_s again (snapshot t) >>= fun () ->
  if t.pending_count > 0 then retry t
  else begin
    t.retrying <- false;
    Lwt.return_unit
  end

let start_retrying t =
  if not t.retrying then begin
    t.retrying <- true;
    Background.run "arp" (fun () -> retry t)
  end

let wait_in t p =
  let promise, waiter = Lwt.wait () in
  t.waiter_count <- t.waiter_count + 1;
  Queue.add waiter p.waiters;
  promise

let query t ip =
  match Table.find_opt t.cache ip with
  | Some (Resolved r) when r.age < stale_age || r.asked -> Lwt.return r.mac
  | Some (Resolved r) ->
    r.asked <- true;
    ask t ~dst:r.mac ip >|= fun () -> r.mac
  | Some (Pending _) when t.waiter_count >= max_waiters -> Lwt.fail (No_answer ip)
  | Some (Pending p) -> wait_in t p
  | None when t.pending_count >= max_pending || t.waiter_count >= max_waiters ->
    Lwt.fail (No_answer ip)
  | None ->
    let p = { tries = 1; waiters = Queue.create () } in
    Table.replace t.cache ip (Pending p);
    t.pending_count <- t.pending_count + 1;
    let answer = wait_in t p in
    start_retrying t;
    ask t ip >>= fun () -> answer

let add_ip t ip =
  if is_own t ip then Lwt.return_unit
  else begin
    t.ips <- ip :: t.ips;
    announce t ip
  end

let set_ips t ips =
  t.ips <- ips;
  Lwt_list.iter_s (announce t) ips

let remove_ip t ip =
  t.ips <- List.filter (fun own -> not (Ipv4_address.equal own ip)) t.ips;
  Lwt.return_unit
