(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

type wait = Head | Idle | Transfer | Linger | Own
type stop = Expired | Shed

(* A ring of members with a head of its own, the one that waits longest first. *)
type node = {
  mutable previous : node;
  mutable next : node;
  member : member option;  (** none in the ring's head *)
}

and member = {
  roster : t;
  stop : stop -> unit;
  mutable node : node option;  (** [None] until it waits for the first time *)
  mutable waiting : wait option;
  mutable since : int;
  mutable account : Memory_budget.account option;  (** while it holds memory *)
  mutable present : bool;
}

and t = {
  config : Config.t;
  heads : node;
  idle : node;
  transfers : node;
  lingering : node;
  taken_over : node;
  mutable tick : int;
  mutable ticking : bool;
  mutable count : int;
}

let ring () =
  let rec head = { previous = head; next = head; member = None } in
  head

let create config =
  {
    config;
    heads = ring ();
    idle = ring ();
    transfers = ring ();
    lingering = ring ();
    taken_over = ring ();
    tick = 0;
    ticking = false;
    count = 0;
  }

let roster member = member.roster
let tick t = t.tick
let count t = t.count

let ring_of t = function
  | Head -> t.heads
  | Idle -> t.idle
  | Transfer -> t.transfers
  | Linger -> t.lingering
  | Own -> t.taken_over

let limit (config : Config.t) = function
  | Head -> config.head_timeout
  | Idle -> config.idle_timeout
  | Transfer -> config.stall_timeout
  | Linger -> config.linger_timeout
  | Own -> max_int

let unlink node =
  node.previous.next <- node.next;
  node.next.previous <- node.previous;
  node.previous <- node;
  node.next <- node

let append ring node =
  node.previous <- ring.previous;
  node.next <- ring;
  ring.previous.next <- node;
  ring.previous <- node

let node_of member =
  match member.node with
  | Some node -> node
  | None ->
      let rec node = { previous = node; next = node; member = Some member } in
      member.node <- Some node;
      node

let resume member =
  if Option.is_some member.waiting then begin
    member.waiting <- None;
    Option.iter Memory_budget.progress member.account;
    Option.iter unlink member.node
  end

let close_account member =
  Option.iter Memory_budget.close_account member.account;
  member.account <- None

let leave member =
  if member.present then begin
    member.present <- false;
    resume member;
    member.roster.count <- member.roster.count - 1;
    close_account member
  end

let rec expire t wait =
  match (ring_of t wait).next.member with
  | Some member when t.tick - member.since > limit t.config wait ->
      resume member;
      member.stop Expired;
      expire t wait
  | Some _ | None -> ()

let is_empty ring = ring.next == ring

let nobody_waits t =
  is_empty t.heads && is_empty t.idle && is_empty t.transfers
  && is_empty t.lingering

let rec run t sleep =
  sleep 1. >>= fun () ->
  t.tick <- t.tick + 1;
  List.iter (expire t) [ Head; Idle; Transfer; Linger ];
  if nobody_waits t then begin
    t.ticking <- false;
    Lwt.return_unit
  end
  else run t sleep

let start_clock t =
  match t.config.sleep with
  | Some sleep when not t.ticking ->
      t.ticking <- true;
      Lwt.async (fun () -> run t sleep)
  | Some _ | None -> ()

let waits_for member (w : wait) =
  match member.waiting with Some other -> other = w | None -> false

let wait member w =
  if member.present && not (waits_for member w) then begin
    resume member;
    member.waiting <- Some w;
    member.since <- member.roster.tick;
    append (ring_of member.roster w) (node_of member);
    start_clock member.roster
  end

(* Who lingers got its answer; who says nothing, or never comes to the end of a
   request, deserves less than who is being served. *)
let least_deserving ?except t =
  let first ring =
    let rec from node =
      match node.member with
      | None -> None
      | Some member when Option.fold ~none:false ~some:(( == ) member) except ->
          from node.next
      | found -> found
    in
    from ring.next
  in
  match first t.lingering with
  | Some _ as found -> found
  | None -> (
      match (first t.heads, first t.idle) with
      | Some a, Some b -> Some (if a.since <= b.since then a else b)
      | (Some _ as found), None | None, (Some _ as found) -> found
      | None, None -> (
          match first t.transfers with
          | Some _ as found -> found
          | None -> first t.taken_over))

let shed ?except t =
  match least_deserving ?except t with
  | Some member ->
      leave member;
      member.stop Shed;
      true
  | None -> false

let enter t ~stop =
  let member =
    {
      roster = t;
      stop;
      node = None;
      waiting = None;
      since = t.tick;
      account = None;
      present = true;
    }
  in
  t.count <- t.count + 1;
  if t.count > t.config.max_connections then ignore (shed ~except:member t);
  member

let account_of member =
  match member.account with
  | Some account -> account
  | None ->
      let account = Memory_budget.open_account ~layer:"http" () in
      Memory_budget.on_shed account (fun () ->
          leave member;
          member.stop Shed);
      member.account <- Some account;
      account

let take member n =
  member.present
  && begin
       Memory_budget.hold (account_of member) n;
       not (Memory_budget.is_exhausted ())
     end

let give_back member n =
  match member.account with
  | None -> ()
  | Some account ->
      Memory_budget.hold account (-min n (Memory_budget.held account));
      if Memory_budget.held account = 0 then close_account member
