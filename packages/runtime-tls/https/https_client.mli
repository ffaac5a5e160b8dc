(* SPDX-License-Identifier: ISC *)

(** A client for [http] and [https] with cohttp's interface: {!Http_client}, and TLS 1.3
    below it where the URL says so. *)

module Make
    (S : V1_LWT.STACKV4)
    (R : V1_LWT.RESOLVER with type ipaddr = Ipaddr.t)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (E : V1_LWT.ENTROPY) : sig
  include Cohttp_lwt.S.Client

  (** [connect ~entropy ~anchors stack resolver] believes servers whose certificates lead to
      one of [anchors], certificates in PEM, and bear the name of the URL (RFC 9110, section
      4.3.4). Sessions are resumed. [`Unknown why] if there is no certificate in [anchors], or
      no entropy. *)
  val connect :
    entropy:E.t ->
    anchors:string ->
    S.t ->
    R.t ->
    [ `Ok of ctx | `Error of [ `Unknown of string ] ] Lwt.t
end
