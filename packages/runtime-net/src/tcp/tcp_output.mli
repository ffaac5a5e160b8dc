(* SPDX-License-Identifier: ISC *)

(** What a connection has to send. *)

(** [next t ~now ~limit] is the next segment that is due, [None] if there is none
    for now. Call it until [None] after anything else was done to [t].

    The payload is up to [limit] octets, or one full segment if that is more:
    with a large [limit] the result is for {!Tcp_wire.split}, or for a device
    that splits it by itself. *)
val next : Tcp_conn.t -> now:float -> limit:int -> Tcp_wire.t option
