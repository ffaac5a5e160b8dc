(* SPDX-License-Identifier: ISC *)

type claim = {
  seen_by : Macaddr.t;
  by : Macaddr.t;
  address : Ipaddr.V4.t;
  tentative : bool;
}

type subscription = { notify : claim -> unit }

let subscriptions = ref []

let subscribe notify =
  let subscription = { notify } in
  subscriptions := subscription :: !subscriptions;
  subscription

let cancel subscription =
  subscriptions := List.filter (fun s -> s != subscription) !subscriptions

let report claim = List.iter (fun s -> s.notify claim) !subscriptions
