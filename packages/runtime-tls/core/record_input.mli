(* SPDX-License-Identifier: ISC *)

(** Octets of the network cut into records: RFC 8446, 5.1 and 5.2. *)

type t

type record = {
  kind : int;  (** 20 to 23 *)
  header : string;  (** the five octets before the body *)
  body : Cstruct.t;
}

val empty : t

(** Octets that came, in a piece of any size. *)
val add : t -> Cstruct.t -> t

(** The next record once it is complete.
    @raise Alert.Fatal [Unexpected_message] for a type that TLS doesn't know,
    [Record_overflow] for a length above what its type may have. *)
val next : t -> record option * t
