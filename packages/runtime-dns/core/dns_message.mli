(* SPDX-License-Identifier: ISC *)

(** Queries and replies of the Domain Name System: RFC 1035, section 4, with EDNS(0),
    RFC 6891. *)

(** Which addresses are asked for: [A] for IPv4, [Aaaa] for IPv6 (RFC 3596). *)
type family = A | Aaaa

type question = { name : Dns_name.t; family : family }

(** What a record of an answer holds. *)
type data =
  | Address of Ipaddr.t
  | Alias of Dns_name.t  (** CNAME: the name's true name *)
  | Other

(** [ttl] is in seconds, at most 2{^30} - 1 here. *)
type record = { owner : Dns_name.t; ttl : int; data : data }

(** RFC 1035, section 4.1.1. *)
type code =
  | No_error
  | Format_error
  | Server_failure
  | No_such_name
  | Not_implemented
  | Refused
  | Code of int

type reply = {
  id : int;
  question : question;  (** as the server repeats it, in its case *)
  truncated : bool;
  code : code;
  answers : record list;
  negative_ttl : int option;
      (** seconds that an answer without records holds for (RFC 2308, section 5);
          [None] if the server does not say *)
}

(** Octets of a reply over UDP that are asked for by EDNS: what passes through nearly
    every network unfragmented. *)
val max_udp : int

(** [query ~id ~edns question] asks a recursive server. *)
val query : id:int -> edns:bool -> question -> string

(** [reply octets] is the reply in [octets]; [None] if it is malformed, or none. Pointers
    of compressed names (section 4.1.4) lead backwards only. *)
val reply : string -> reply option
