(* SPDX-License-Identifier: ISC *)

(** Which of the machine's devices a name in the program means. *)

type t

(** [key] tells it from all others; [answers_to] is whether the machine's owner might call
    it so. *)
type device = { key : string; answers_to : string -> bool }

(** [create ~default ~variable ()]: a word [variable=NAME=DEVICE,…] of the kernel's command
    line decides first; then a name that a device answers to; the name [default] is the
    first device; any other name is the next device in the order of the calls of
    {!assign}. *)
val create : ?default:string -> variable:string -> unit -> t

(** [assign t name devices] is one of [devices], that of the same key each time; [None] if
    there is none, or it is there no longer. *)
val assign : t -> string -> device list -> device option

(** [forget t name]: the next {!assign} chooses anew. *)
val forget : t -> string -> unit

(** [set_aside t name devices]: the device of [name] is none to be given to a name that does not
    mean it, and the next {!assign} chooses another; [false] if [name] does mean it. *)
val set_aside : t -> string -> device list -> bool
