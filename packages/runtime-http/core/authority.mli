(* SPDX-License-Identifier: ISC *)

(** The authority of a URI, as a Host header or a request's target names it. *)

(** [is_valid s] tells whether [s] is [uri-host \[":" port\]] of RFC 3986, section
    3.2, with a host that is not empty and a port up to 65535: what an [http] URI
    has (RFC 9110, section 4.2.1), and no user information. *)
val is_valid : string -> bool
