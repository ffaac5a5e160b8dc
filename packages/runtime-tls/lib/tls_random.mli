(* SPDX-License-Identifier: ISC *)

(** The generator that TLS draws from: Fortuna of mirage-crypto, seeded by the entropy
    device, once for the whole program. *)

(** [make entropy] with [entropy n] giving [n] unpredictable octets. *)
val make :
  (int -> [ `Ok of Cstruct.t | `Error of 'e ] Lwt.t) ->
  (Mirage_runtime_tls_core.Primitives.random, 'e) result Lwt.t
