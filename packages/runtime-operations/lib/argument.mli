(* SPDX-License-Identifier: ISC *)

(** What a program is told when it starts.

    An argument is [--NAME VALUE] or [--NAME=VALUE] on the program's command line, which on
    a kernel is what its loader passes; without it, the environment variable
    [ARGUMENT_NAME], in capitals and with [_] for [-]; without that, its default. The last
    one on the command line counts.

    {[
      let size = Argument.value Argument.int ~default:16 ~doc:"entries of the cache" "cache-size"
      let create () = Hashtbl.create (size ())
    ]} *)

(** {1 Kinds} *)

type 'a kind

val string : string kind
val int : int kind

(** [--NAME] alone is [true]; the values are [true] and [false]. *)
val bool : bool kind

(** An IPv4 address. *)
val address : Ipaddr.V4.t kind

(** A network with the address in it that was written, such as [10.0.0.5/24]. *)
val cidr : (Ipaddr.V4.t * Ipaddr.V4.Prefix.t) kind

(** What {!cidr} reads. @raise Invalid_argument for a text that is none *)
val cidr_exn : string -> Ipaddr.V4.t * Ipaddr.V4.Prefix.t

(** Seconds, written with a unit: [250ms], [90s], [5m], [1h30m], [2d]. *)
val duration : float kind

(** Octets, written as a number or with a unit: [65536], [64KiB], [16MiB], [1GiB]. *)
val size : int kind

(** A TCP or UDP port, from 1 to 65535. *)
val port : int kind

(** Items with commas between them; an argument that is repeated adds to them. *)
val list : 'a kind -> 'a list kind

(** [kind what read]: [what] is what a value is called in a sentence, such as ["a colour"];
    [read] gives [None] for a text that is no such value. *)
val kind : string -> (string -> 'a option) -> 'a kind

(** {1 Declaring}

    At the top level of a module, so that it is known when the program starts.

    @raise Invalid_argument for a name that is not of lower-case letters, digits and [-],
    or that is taken. *)

(** [value kind ?default ?doc name] is a function to the argument's value. Without
    [default], the argument is required. *)
val value : 'a kind -> ?default:'a -> ?doc:string -> string -> unit -> 'a

(** [optional kind ?doc name] is one that may be left out. *)
val optional : 'a kind -> ?doc:string -> string -> unit -> 'a option

(** [rest ()] has the program take words that are no declared arguments, and is a function
    to them. Without it they are an error. *)
val rest : unit -> unit -> string list

(** {1 Reading} *)

(** [check program] ends the program with exit code 2 if an argument is wrong, missing or
    unknown, and says so of each on standard error; with exit code 0 after printing what
    there is, if [--help] is among them. It is called before the program's devices are
    connected. A value that is asked for earlier, and is wrong, ends it as well. *)
val check : string -> unit

(** {2 For tests} *)

type input = { words : string list; variable : string -> string option }

(** [problems input] are the sentences that {!check} would print. *)
val problems : input -> string list

(** [help program] is what [--help] prints. *)
val help : string -> string

(** [set_input input] takes the place of the command line and the environment. *)
val set_input : input -> unit
