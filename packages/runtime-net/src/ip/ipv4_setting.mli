(* SPDX-License-Identifier: ISC *)

(** An interface's place in an IPv4 network. *)

module Make (I : V1_LWT.IPV4) : sig
  (** [set ip address ~netmask ~gateways] *)
  val set :
    I.t -> Ipaddr.V4.t -> netmask:Ipaddr.V4.t -> gateways:Ipaddr.V4.t list -> unit Lwt.t
end
