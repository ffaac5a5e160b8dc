(* SPDX-License-Identifier: ISC *)

(** A connection as cohttp knows it: the [IO] of [Cohttp_lwt.S.Server]. *)

type 'a t = 'a Lwt.t

val ( >>= ) : 'a t -> ('a -> 'b t) -> 'b t
val return : 'a -> 'a t

type ic = Reader.t
type oc = Output.t

(** Address and port of the peer, where they are known. *)
type conn = (Ipaddr.V4.t * int) option

(** The next line without its end, CR LF or LF; [None] if the stream ends before, or
    after 8 KiB. *)
val read_line : ic -> string option t

(** [read ic n] is at least one octet and at most [n]; [""] at the end. *)
val read : ic -> int -> string t

val write : oc -> string -> unit t
val flush : oc -> unit t

(** The peer has gone, or took too long. *)
type error = exn

val catch : (unit -> 'a t) -> ('a, error) result t
val pp_error : Format.formatter -> error -> unit
