(* SPDX-License-Identifier: ISC *)

(** A fixed set of buffers for outgoing headers, so that sending does not
    allocate memory outside the OCaml heap for each frame.

    A buffer is taken, sent once, and given back when the interface is done with
    it. When all are out, [take] allocates instead of waiting. *)

type t

(** [create ~slots ~size] has [slots] buffers of [size] octets. *)
val create : slots:int -> size:int -> t

(** [take t] is a buffer of [size] octets with arbitrary content. *)
val take : t -> Cstruct.t

(** [claim t buf] is the buffer to send for [buf], which starts where a buffer
    from {!take} starts: [buf] itself if it has been taken and not sent yet, a
    copy if it was sent before and may be in use for something else by now. A
    buffer that is not of [t] is returned as it is. *)
val claim : t -> Cstruct.t -> Cstruct.t

(** [release t buf] gives a claimed buffer back. Without effect on a buffer that
    is not of [t]. *)
val release : t -> Cstruct.t -> unit
