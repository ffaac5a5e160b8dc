(* SPDX-License-Identifier: ISC *)

(** A relocatable object (ELF64, x86-64 or AArch64, little-endian; System V ABI, chapter 4),
    changed in place. *)

type t
type section
type symbol

(** The file is not such an object; in words. *)
exception Malformed of string

val read : string -> t
val write : t -> string -> unit

(** Whether it is for that processor, and not for x86-64. *)
val is_aarch64 : t -> bool

(** The sections of that name; objects that [ld -r] made have one at most. *)
val section : t -> string -> section option

(** The contents, which may only become shorter. *)
val contents : t -> section -> string

val set_contents : t -> section -> string -> unit
val alignment : t -> section -> int

(** [pack t ~prefix alignment] has the sections whose names begin so start at
    multiples of [alignment], if they would only at multiples of more. *)
val pack : t -> prefix:string -> int -> unit

(** The symbols that have a name and stand for a place in the section. *)
val symbols : t -> section -> symbol list

val name : t -> symbol -> string
val place : t -> symbol -> int
val size : t -> symbol -> int

(** [move_symbols t section f] puts each symbol of the section where [f] says; the
    symbol's size changes if [f] says so too. *)
val move_symbols : t -> section -> (place:int -> size:int -> int * int) -> unit

(** What a relocation fills in: the address of the symbol, by its number, and so much more. *)
type target = { symbol : int; addend : int }

(** [targets t section place] is the target of the 64-bit address at that place. *)
val targets : t -> section -> int -> target option

(** What becomes of a relocation: it is for another place, for 32 bits there, or for none. *)
type move = To of int | Narrowed_to of int | Nowhere

(** [move_relocations t section f] is for what the section's relocations are about: each place
    in it goes where [f] says. *)
val move_relocations : t -> section -> (int -> move) -> unit

(** [move_references t section f] is for the places in the section that relocations
    anywhere name by their distance from its start. *)
val move_references : t -> section -> (int -> int) -> unit
