(* SPDX-License-Identifier: ISC *)

type t = {
  now : (unit -> float) option;
  sleep : (float -> unit Lwt.t) option;
  head_timeout : int;
  idle_timeout : int;
  stall_timeout : int;
  body_grace : int;
  min_body_rate : int;
  linger_timeout : int;
  max_target : int;
  max_head : int;
  max_fields : int;
  max_body : int64;
  max_requests : int;
  max_connections : int;
}

let default =
  {
    now = None;
    sleep = None;
    head_timeout = 30;
    idle_timeout = 60;
    stall_timeout = 60;
    body_grace = 20;
    min_body_rate = 500;
    linger_timeout = 5;
    max_target = 8 * 1024;
    max_head = 32 * 1024;
    max_fields = 100;
    max_body = 67_108_864L;
    max_requests = 10_000;
    max_connections = 12_288;
  }
