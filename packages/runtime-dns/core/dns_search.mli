(* SPDX-License-Identifier: ISC *)

(** Which names a host's name may stand for: resolv.conf(5), [search], with [ndots:1]. *)

(** [candidates ~search text] are the names to look up, the likeliest first: a name with a
    dot at its end is absolute; one with a dot within is tried as it is before those below
    the domains of [search], one without after them.
    @return [Error] with a sentence if [text] is no host's name. *)
val candidates :
  search:Dns_name.t list -> string -> (Dns_name.t list, string) result

(** [own text] is what needs no server: an address in text form, or a name of this
    machine ([localhost] and below, RFC 6761, section 6.3). *)
val own : string -> Ipaddr.t list option
