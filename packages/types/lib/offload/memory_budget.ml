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
  mutable held : int;
  mutable closed : bool;
  mutable shed : (unit -> unit) option;
  mutable before : account;
  mutable after : account;
}

let rec head =
  { layer = ""; held = 0; closed = true; shed = None; before = head; after = head }

let open_account ~layer () =
  let rec account =
    {
      layer;
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
    total := !total - account.held;
    account.held <- 0;
    account.shed <- None;
    leave account
  end

let shed account =
  let tell = account.shed in
  close_account account;
  Option.iter (fun f -> f ()) tell

let rec shed_others account =
  if !total > !octets then
    let first = if head.after == account then account.after else head.after in
    if first != head then begin
      shed first;
      shed_others account
    end

let hold account n =
  if not account.closed then begin
    account.held <- account.held + n;
    total := !total + n;
    if n > 0 && !total > !octets then shed_others account
  end

let is_exhausted () = !total > !octets

let idlest ~layer ~most f =
  let rec go account left =
    if account != head && left > 0 then
      let next = account.after in
      if account.layer <> layer then go next left
      else if f account then go next (left - 1)
  in
  go head.after most
