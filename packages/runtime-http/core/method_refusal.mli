(* SPDX-License-Identifier: ISC *)

(** [response ~allowed meth] answers a request with [meth] where only [allowed] are:
    an OPTIONS with 204, a method that is not known with 501, another one with 405
    (RFC 9110, sections 9.1 and 15.5.6). *)
val response :
  allowed:Cohttp.Code.meth list ->
  Cohttp.Code.meth ->
  Cohttp.Response.t * Cohttp_lwt.Body.t
