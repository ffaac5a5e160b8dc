(* SPDX-License-Identifier: ISC *)

(** Reading the presentation language of RFC 8446, 3: big-endian numbers and
    vectors behind their length. Everything raises {!Alert.Fatal} with
    [Decode_error] where the octets end too early or a length is out of bounds. *)

type t

val of_string : string -> t

(** Whether nothing is left. *)
val is_empty : t -> bool

(** Octets read so far. *)
val position : t -> int

val u8 : t -> int
val u16 : t -> int
val u24 : t -> int
val u32 : t -> int32

(** The next [n] octets. *)
val octets : t -> int -> string

(** A vector of [min] to [max] octets behind a length of one, two or three. *)

val vector8 : ?min:int -> ?max:int -> t -> string

val vector16 : ?min:int -> ?max:int -> t -> string
val vector24 : ?min:int -> ?max:int -> t -> string

(** [all string read] is the items that fill [string] exactly. *)
val all : string -> (t -> 'a) -> 'a list

(** [whole string read] is what [read] makes of [string], all of it. *)
val whole : string -> (t -> 'a) -> 'a
