(* SPDX-License-Identifier: ISC *)

(** Waiting, for the layers whose functors take no [TIME].

    [Ethif.Make] and [Ipv4.Make] have one argument, the layer below, and still
    need to repeat an ARP request or to give up an incomplete datagram. The
    functors that do take a [TIME] ([Tcpv4.Make], [Dhcp_clientv4.Make],
    [Tcpip_stack_direct.Make], [Net_manager.Make]) install it here. *)

(** [install sleep] makes [sleep] the way to wait. The last call wins. *)
val install : (float -> unit Lwt.t) -> unit

(** [sleep seconds] waits. Before any {!install} it never returns: addresses are
    then asked for once, and bounds by count still hold. *)
val sleep : float -> unit Lwt.t
