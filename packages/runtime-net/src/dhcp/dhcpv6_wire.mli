(* SPDX-License-Identifier: ISC *)

(** The messages of stateless DHCPv6 (RFC 8415, sections 8, 18.2.6 and 21; RFC 3646). *)

(** What a server says besides addresses. *)
type information = {
  servers : Ipaddr.V6.t list;  (** of names *)
  domains : string list;  (** to search names in *)
  refresh : float;  (** seconds after which to ask again; [infinity] never *)
}

(** [request ~mac ~xid ~elapsed] is an Information-request: [xid] is below 2^24, [elapsed] in
    hundredths of a second since the first. *)
val request : mac:Macaddr.t -> xid:int -> elapsed:int -> Cstruct.t

(** [reply ~mac ~xid payload] is what a server says in answer to that; [None] if it is
    malformed, an answer to something else, or tells of a failure. *)
val reply : mac:Macaddr.t -> xid:int -> Cstruct.t -> information option
