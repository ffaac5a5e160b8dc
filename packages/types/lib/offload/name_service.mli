(* SPDX-License-Identifier: ISC *)

(** Who answers questions for names, as the network says (DHCP's options 6, 15 and 119,
    router advertisements of RFC 8106) or the owner of the machine. Whoever learns of it
    tells it here; a resolver asks before each question, as it may change. *)

type t = {
  servers : Ipaddr.t list;  (** the preferred one first *)
  domains : string list;  (** in which short names are searched, in this order *)
}

(** Neither servers nor domains. *)
val none : t

(** [tell ~source t] replaces what [source], such as ["dhcp 02:00:00:00:00:01"], said before;
    {!none} takes it back. *)
val tell : source:string -> t -> unit

(** [known ()] is what all sources have said, those that spoke first first, and nothing
    twice. *)
val known : unit -> t
