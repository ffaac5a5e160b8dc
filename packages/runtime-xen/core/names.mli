(* SPDX-License-Identifier: ISC *)

(** Which of the machine's devices a name in the program means. *)

type t

(** [create ~default ~variable ~parse ()]: a word [variable=NAME=DEVICE,…] of the
    kernel's command line decides first; then a name that [parse] reads as an
    existing device's index; the name [default] is the first device; any other name
    is the next device in the order of the calls of {!assign}. *)
val create :
  ?default:string -> variable:string -> parse:(string -> int option) -> unit -> t

(** [assign t name indices] is one of [indices], the same each time. *)
val assign : t -> string -> int list -> int option
