(* SPDX-License-Identifier: ISC *)

(** What a server grants its peers. Times are in seconds, sizes in octets. *)

type t = {
  now : (unit -> float) option;
      (** the time of day, in seconds since 1970-01-01T00:00:00Z, such as
          [Clock.time]: for the [Date] of responses (RFC 9110, section 6.6.1).
          Without it they have none. *)
  sleep : (float -> unit Lwt.t) option;
      (** such as [OS.Time.sleep]. Without it nothing below ends for want of
          time. *)
  head_timeout : int;
      (** for the whole head of a request, however many pieces it comes in; for
          the first one since the connection was opened. Then 408. *)
  idle_timeout : int;  (** for the first octet of another request *)
  stall_timeout : int;
      (** for the peer to send any of a body, or to take any of a response *)
  body_grace : int;
      (** waiting for a body is free for so long, and has to yield
          [min_body_rate] from then on. Then 408. *)
  min_body_rate : int;  (** octets a second *)
  linger_timeout : int;
      (** how long what the peer still sends is taken and thrown away after a
          response that came before it *)
  max_target : int;  (** of a request's target, or 414 *)
  max_head : int;  (** of a request's head, or 431 *)
  max_fields : int;  (** header fields, or 431 *)
  max_body : int64;  (** of a request's body, or 413 *)
  max_requests : int;  (** on one connection, which then ends *)
  max_connections : int;
      (** at a time; another one takes the place of the least deserving *)
}

(** No clock. 30 s for a head, 60 idle or stalled, 20 of grace and 500 octets a
    second for bodies, 5 of lingering; 8 KiB of target, 32 KiB of head, 100
    fields, 64 MiB of body, 10,000 requests, 12,288 connections. *)
val default : t
