(* SPDX-License-Identifier: ISC *)

(** The frames of WebSocket: RFC 6455, section 5. *)

type opcode = Continuation | Text | Binary | Close | Ping | Pong

(** The first two octets of a client's frame. *)
type start = {
  final : bool;
  opcode : opcode;
  length : int;  (** up to 125, or 126 and 127 for one of 2 or of 8 octets *)
}

(** [start a b] is what the first two octets say; an error, in words, if a client
    must not say it: reserved bits, unknown opcodes, no mask, a control frame that is
    long or a fragment. *)
val start : char -> char -> (start, string) result

(** [long_length octets] is the length in the 2 or 8 [octets] that follow; an error if
    fewer would have done. What is beyond [max_int] is [max_int]. *)
val long_length : string -> (int, string) result

(** [unmask ~key octets] applies the 4 octets of [key], in place. *)
val unmask : key:string -> Bytes.t -> unit

(** [head opcode length] is the head of a server's frame, a whole message. *)
val head : opcode -> int -> string

(** [close_payload code reason] is what a Close frame carries: [reason] is cut to fit. *)
val close_payload : int -> string -> string

(** [parse_close payload] is the code and the reason, [None] if there are neither; or
    the code to fail the connection with (sections 5.5.1 and 7.4). *)
val parse_close : string -> ((int * string) option, int) result
