(* SPDX-License-Identifier: ISC *)

(** A certificate for development: nobody vouches for it. *)

open Mirage_runtime_tls_core

(** [make random ~now ~hosts ~addresses] is a fresh P-256 key and a certificate for these
    names and addresses, good for 90 days; with its SHA-256 fingerprint, in hexadecimal. *)
val make :
  Primitives.random ->
  now:Ptime.t ->
  hosts:string list ->
  addresses:Ipaddr.t list ->
  Identity.t * string
