(* SPDX-License-Identifier: ISC *)

(** [digest s] is the SHA-1 of [s] (FIPS 180-4), 20 octets: for the handshake of
    WebSocket, which is no matter of security. *)
val digest : string -> string
