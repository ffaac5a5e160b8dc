(* SPDX-License-Identifier: ISC *)

(** What an ACME client has to remember from one start to the next. *)

type certificate = { chain : string; key : string }  (** both in PEM *)

type t = { account : Acme.account option; certificate : certificate option }

val empty : t

(** The state as text, and back; or a sentence. Private keys are in it as they are. *)
val to_string : t -> string

val of_string : string -> (t, string) result

(** [slot ~sequence text] frames a text for storage, so that a part of it is told from the
    whole: a line with the number, the length and the SHA-256 of the text, and the text. *)
val slot : sequence:int -> string -> string

(** What is in a place of storage, which has more octets than the slot. *)
type content =
  | Blank  (** zeros *)
  | Torn  (** begun as a slot, but not the whole of one *)
  | Foreign  (** somebody else's data *)
  | Slot of int * string

val content : string -> content
