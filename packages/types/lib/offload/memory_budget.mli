(* SPDX-License-Identifier: ISC *)

(** One budget for all that peers can make a program hold: what is to be sent and is
    not acknowledged, what was received and is not read, requests and replies in the
    making.

    Each connection has an account, or one in each layer. An account may hold up to
    {!room} more; who finds no room waits, which is back-pressure on the peer. The room
    of each account is a fraction of what is free, so that accounts share fairly and
    something is left for newcomers, however many there are. Should more be held than
    the limit all the same, those accounts are shed that have made no progress for
    longest.

    Sizes are in octets. Memory of OCaml's heap counts double, as the collector takes
    as much again. *)

(** {1 The limit} *)

(** [set_limit octets] is for code that knows the machine, or its user. *)
val set_limit : int -> unit

(** What all accounts together should not exceed; {!default} if nobody has said. *)
val limit : unit -> int

(** 64 MiB. *)
val default : int

(** What all accounts hold. *)
val used : unit -> int

(** {1 Accounts} *)

type account

(** [open_account ~layer ?peer ()] holds nothing yet. [layer] says whose it is, such as
    ["http"]; [peer] is a number for the peer's address: who has many accounts is shed
    before others. *)
val open_account : layer:string -> ?peer:int -> unit -> account

(** [on_shed account f] has [f ()] called when [account] is shed, and closed: it is to give
    up the connection at once. Accounts without such a function are never shed: a layer
    below does it. *)
val on_shed : account -> (unit -> unit) -> unit

(** [room account] is how much more [account] may hold now. It is 0 while the account
    has its share. A quarter of the limit is not given away so: it is for what cannot
    wait, such as a new connection. *)
val room : account -> int

(** [hold account n] counts [n] octets more for [account], or less if [n] is negative.
    Nothing is refused: who can wait asks for {!room} first. Others may be shed before
    it returns, never [account] itself. *)
val hold : account -> int -> unit

(** What [account] holds. *)
val held : account -> int

(** [progress account]: its peer has done something useful, such as taking data. *)
val progress : account -> unit

(** [close_account account] gives back all that it holds; from then on {!hold} does
    nothing. It may be called again. *)
val close_account : account -> unit

(** Whether the limit is exceeded, although everybody was shed who could be. What can be
    dropped without harm, such as a segment that its sender keeps, is then dropped. *)
val is_exhausted : unit -> bool

(** How many accounts [peer] has. *)
val accounts : peer:int -> int

(** [shed_one ?peer ~layer ()] sheds an account of [layer], if there is one: of the idlest,
    the first of the peer that has most accounts, or of [peer]. It is for tables that are
    full. *)
val shed_one : ?peer:int -> layer:string -> unit -> unit
