(* SPDX-License-Identifier: ISC *)

(** All that depends on the version of cohttp. *)

(** [headers fields] holds [fields], names and values, the last one of the message
    first. *)
val headers : (string * string) list -> Cohttp.Header.t

(** [iter_headers f headers] calls [f name value] for each field. *)
val iter_headers : (string -> string -> unit) -> Cohttp.Header.t -> unit

val request :
  meth:Cohttp.Code.meth ->
  target:string ->
  version:Cohttp.Code.version ->
  encoding:Cohttp.Transfer.encoding ->
  Cohttp.Header.t ->
  Cohttp.Request.t

(** How the body of a request is framed. *)
val request_encoding : Cohttp.Request.t -> Cohttp.Transfer.encoding

(** How that of a response is to be framed. *)
val response_encoding : Cohttp.Response.t -> Cohttp.Transfer.encoding

val response :
  status:Cohttp.Code.status_code ->
  encoding:Cohttp.Transfer.encoding ->
  Cohttp.Header.t ->
  Cohttp.Response.t
