(* SPDX-License-Identifier: ISC *)

let default = 0x4000000
let octets = ref default
let total = ref 0
let set_limit n = octets := n
let limit () = !octets
let used () = !total

(* All accounts that can be shed are in one ring, the idlest right behind its head,
   which is none. *)
type account = {
  layer : string;
  peer : int option;
  mutable held : int;
  mutable closed : bool;
  mutable shed : (unit -> unit) option;
  mutable before : account;
  mutable after : account;
}

let rec head =
  {
    layer = "";
    peer = None;
    held = 0;
    closed = true;
    shed = None;
    before = head;
    after = head;
  }

(* How many accounts each peer has. *)
let peers : (int, int) Hashtbl.t = Hashtbl.create 64
let accounts_of peer = Option.value ~default:0 (Hashtbl.find_opt peers peer)

let count peer change =
  match accounts_of peer + change with
  | 0 -> Hashtbl.remove peers peer
  | n -> Hashtbl.replace peers peer n

let open_account ~layer ?peer () =
  Option.iter (fun peer -> count peer 1) peer;
  let rec account =
    {
      layer;
      peer;
      held = 0;
      closed = false;
      shed = None;
      before = account;
      after = account;
    }
  in
  account

let leave account =
  account.before.after <- account.after;
  account.after.before <- account.before;
  account.before <- account;
  account.after <- account

let enter_last account =
  account.before <- head.before;
  account.after <- head;
  head.before.after <- account;
  head.before <- account

let on_shed account f =
  if not account.closed then begin
    account.shed <- Some f;
    leave account;
    enter_last account
  end

let progress account =
  if account.after != head && Option.is_some account.shed then begin
    leave account;
    enter_last account
  end

let held account = account.held

(* A quarter of the limit is for what cannot wait. Of the rest each may have an eighth
   of what is free: one account alone gets a ninth of it, [n] get [1 / (n + 8)] each,
   and another one finds as much. *)
let room account =
  Int.max 0 (((!octets - (!octets / 4) - !total) / 8) - account.held)

let close_account account =
  if not account.closed then begin
    account.closed <- true;
    Option.iter (fun peer -> count peer (-1)) account.peer;
    total := !total - account.held;
    account.held <- 0;
    account.shed <- None;
    leave account
  end

let shed account =
  let tell = account.shed in
  close_account account;
  Option.iter (fun f -> f ()) tell

(* So many of the idlest are looked at. *)
let candidates = 32

(* Of the idlest, the first whose peer has the most accounts: one that opens more than
   others gives way before them. *)
let least_deserving f =
  let rec go account left best most =
    if account == head || left = 0 then best
    else if not (f account) then go account.after left best most
    else
      let n = match account.peer with None -> 0 | Some peer -> accounts_of peer in
      if n > most then go account.after (left - 1) (Some account) n
      else go account.after (left - 1) best most
  in
  go head.after candidates None (-1)

let rec shed_others account =
  if !total > !octets then
    match least_deserving (fun other -> other != account) with
    | None -> ()
    | Some other ->
        shed other;
        shed_others account

let hold account n =
  if not account.closed then begin
    account.held <- account.held + n;
    total := !total + n;
    if n > 0 && !total > !octets then shed_others account
  end

let is_exhausted () = !total > !octets

let accounts ~peer = accounts_of peer

let shed_one ?peer ~layer () =
  let is_meant account =
    account.layer = layer && (peer = None || account.peer = peer)
  in
  Option.iter shed (least_deserving is_meant)
