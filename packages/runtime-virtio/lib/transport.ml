(* SPDX-License-Identifier: ISC *)

type notification = { place : int; queue : int; wide : bool }

type t = {
  name : string;
  kind : int;
  get_status : unit -> int;
  set_status : int -> unit;
  get_features : int -> int;
  set_features : int -> int -> unit;
  queue_size : int -> int;
  set_queue :
    int ->
    size:int ->
    descriptors:int ->
    driver:int ->
    device:int ->
    (notification, string) result;
  config : int;
  acknowledge : unit -> unit;
  interrupts : bool;
}
