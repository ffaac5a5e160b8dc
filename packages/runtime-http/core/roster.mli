(* SPDX-License-Identifier: ISC *)

(** The connections of a server: whose time is up, and who makes room for others.

    A connection counts as waiting for its peer from {!wait} to {!resume}, and its
    time runs meanwhile. The roster's clock ticks once a second while anybody
    waits, so that the wall clock may jump. *)

(** What the peer is waited for. *)
type wait =
  | Head  (** the rest of a request's head *)
  | Idle  (** another request *)
  | Transfer  (** some of a body, or room for some of a response *)
  | Linger  (** the end of what nobody wants *)
  | Own  (** whatever it is to whoever took the connection over: there is no limit *)

(** Why a connection waits no longer. *)
type stop =
  | Expired  (** its time for what it waits for is up *)
  | Shed  (** others need its place: it has left *)

type t
type member

val create : Config.t -> t

(** [enter t ~stop] is a new connection, in whose favour another may have to end.
    [stop] is called while the connection waits, which is then over. *)
val enter : t -> stop:(stop -> unit) -> member

(** Harmless when repeated. *)
val leave : member -> unit

(** [wait member w] begins to wait; a wait of the same kind that follows without
    {!resume} goes on. *)
val wait : member -> wait -> unit

val resume : member -> unit

val roster : member -> t

(** The second that the roster's clock shows. *)
val tick : t -> int

(** [take member n] counts [n] octets more as held for the connection, in the
    {!Memory_budget}; other connections may be shed for it. [false] if that is too much
    all the same. What a connection has taken is given back when it leaves. *)
val take : member -> int -> bool

val give_back : member -> int -> unit

(** Connections in the roster. *)
val count : t -> int
