(* SPDX-License-Identifier: ISC *)

(** Gathers what is to be sent, and sends it in few writes. *)

type t

val create : Transport.t -> Patience.t -> t

(** [add t text] is to be sent by the next {!flush}. *)
val add : t -> string -> unit

(** [add_view t memory] likewise, without a copy: [memory] must not change any
    more, and may be large. *)
val add_view : t -> Cstruct.t -> unit

(** Whether enough was added for a write that is worth while. *)
val is_large : t -> bool

(** Sends what was added by writes of up to 64 KiB, text as a copy and views by
    reference. Fails with {!Transport.Broken}, or {!Patience.Stopped}. *)
val flush : t -> unit Lwt.t

(** Forgets what was added. *)
val clear : t -> unit
