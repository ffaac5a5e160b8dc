(* SPDX-License-Identifier: ISC *)

(** Requests of the ACME protocol by an HTTP client of cohttp. *)

open Mirage_runtime_tls_acme

module Make (Client : Cohttp_lwt.S.Client) (Time : V1_LWT.TIME) (Clock : V1.CLOCK) : sig
  (** The authority's answer; or why there is none: the client fails, it takes more than a
      minute, or it is larger than 256 KiB. *)
  val call : Client.ctx -> Acme.request -> (Acme.response, string) result Lwt.t
end
