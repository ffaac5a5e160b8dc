(* SPDX-License-Identifier: ISC *)

(** Session tickets of a server that remembers nothing: RFC 8446, 4.6.1 and 4.2.11. *)

(** The keys that tickets are sealed with. They last for {!lifetime} and are then kept
    for the same time to open what they sealed. *)
type keys

(** Seconds that a ticket is good for: 12 hours. *)
val lifetime : int

val keys : unit -> keys

(** What a ticket remembers. *)
type content = {
  suite : Suite.t;
  key : string;  (** the pre-shared key *)
  issued : Ptime.t;
  server_name : string option;
}

val seal : keys -> Primitives.random -> now:Ptime.t -> content -> string

(** [None] if it was not sealed with these keys, or is older than {!lifetime}. *)
val unseal : keys -> now:Ptime.t -> string -> content option
