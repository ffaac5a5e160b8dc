(* SPDX-License-Identifier: ISC *)

(** DHCP messages (RFC 2131, section 2) and their options (RFC 2132). *)

type kind = Discover | Offer | Request | Decline | Ack | Nak | Release | Inform

(** What a server says. *)
type reply = {
  kind : kind;
  xid : int32;
  mac : Macaddr.t;  (** of the client that is meant *)
  address : Ipaddr.V4.t;  (** the one given to the client, yiaddr *)
  server : Ipaddr.V4.t option;
  netmask : Ipaddr.V4.t option;
  gateways : Ipaddr.V4.t list;
  lease_time : int option;  (** seconds, as the following; [max_int]: for ever *)
  renewal_time : int option;
  rebinding_time : int option;
  name_servers : Ipaddr.V4.t list;
  domains : string list;
      (** to search names in: those of option 119 (RFC 3397), or the client's own of
          option 15 *)
  host_name : string option;  (** option 12 *)
  mtu : int option;  (** of the interface, option 26 *)
}

(** [parse payload] is the reply in a UDP payload; [None] if it is none or is
    malformed. Options continued in the fields for file and server name are
    found. *)
val parse : Cstruct.t -> reply option

(** What a client says. *)
type request = {
  kind : kind;
  xid : int32;
  mac : Macaddr.t;
  seconds : int;  (** since the client began *)
  client : Ipaddr.V4.t;  (** its address if it has one, ciaddr *)
  requested : Ipaddr.V4.t option;
  server : Ipaddr.V4.t option;
}

(** [write request] is the UDP payload. *)
val write : request -> Cstruct.t
