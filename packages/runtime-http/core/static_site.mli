(* SPDX-License-Identifier: ISC *)

(** The values of a key-value store as a web site; the functions are documented in
    [HTTP]. *)

module Make (KV : V1_LWT.KV_RO) : sig
  type response := Cohttp.Response.t * Cohttp_lwt.Body.t

  val respond :
    ?headers:Cohttp.Header.t ->
    ?request:Cohttp.Request.t ->
    KV.t ->
    string ->
    response Lwt.t

  val serve :
    ?headers:Cohttp.Header.t -> KV.t -> Cohttp.Request.t -> response Lwt.t
end
