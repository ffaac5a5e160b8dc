(* SPDX-License-Identifier: ISC *)

(** A stack for both versions of IP, for code that knows one: who listens with TCP
    hears both. *)

module Make (S : V1_LWT.STACKV4V6) :
  V1_LWT.STACKV4
    with type t = S.t
     and type console = S.console
     and type netif = S.netif
     and type mode = S.mode
     and type udpv4 = S.udpv4
     and type tcpv4 = S.tcpv4
     and type ipv4 = S.ipv4
     and module UDPV4 = S.UDPV4
     and module TCPV4 = S.TCPV4
     and module IPV4 = S.IPV4
