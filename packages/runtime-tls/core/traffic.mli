(* SPDX-License-Identifier: ISC *)

(** One direction's protection of records: RFC 8446, 5.2, 5.3 and 5.5. *)

type t

(** [make suite secret] protects with the keys of a traffic secret, from record 0. *)
val make : Suite.t -> string -> t

val suite : t -> Suite.t

(** Records that were protected with the present keys. *)
val records : t -> int

(** The protection after a KeyUpdate (RFC 8446, 4.6.3 and 7.2). *)
val update : t -> t

(** [seal t content_type data] is the record, as header and body, for at most
    16,384 octets. *)
val seal : t -> int -> Cstruct.t -> t * Cstruct.t list

(** [open_ t ~header body] is the type and the content of a record.
    @raise Alert.Fatal [Bad_record_mac]; [Unexpected_message] if it is all padding. *)
val open_ : t -> header:string -> Cstruct.t -> t * int * Cstruct.t
