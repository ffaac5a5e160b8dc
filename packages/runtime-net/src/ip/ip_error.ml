(* SPDX-License-Identifier: ISC *)

type reason = Refused | No_way | Too_big of int

type t = {
  reason : reason;
  src : Ipaddr.t;
  dst : Ipaddr.t;
  proto : int;
  transport : Cstruct.t;
}

type subscription = { notify : t -> unit }

let subscriptions = ref []

let subscribe notify =
  let subscription = { notify } in
  subscriptions := subscription :: !subscriptions;
  subscription

let cancel subscription =
  subscriptions := List.filter (fun s -> s != subscription) !subscriptions

let report t =
  if Cstruct.length t.transport >= 8 then List.iter (fun s -> s.notify t) !subscriptions
