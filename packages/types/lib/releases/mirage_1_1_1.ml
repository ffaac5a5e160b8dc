(* SPDX-License-Identifier: ISC *)

(* A stack gives its UDP and its TCP. *)

module Cstruct = Compat_2013.Cstruct
module Ipaddr = Compat_2013.Ipaddr

module V1 = struct
  include Mirage_1_1_0.V1

  module type STACKV4 = sig
    type console
    type netif
    type mode
    type ('console, 'netif, 'mode) config
    type ipv4addr
    type buffer
    type udpv4
    type tcpv4
    type error = [ `Unknown of string ]

    include
      DEVICE with type error := error and type id = (console, netif, mode) config

    module UDPV4 :
      UDPV4
        with type +'a io = 'a io
         and type ipv4addr = ipv4addr
         and type buffer = buffer
         and type t = udpv4

    module TCPV4 :
      TCPV4
        with type +'a io = 'a io
         and type ipv4addr = ipv4addr
         and type buffer = buffer
         and type t = tcpv4

    val udpv4 : t -> udpv4
    val tcpv4 : t -> tcpv4
    val listen_udpv4 : t -> port:int -> UDPV4.callback -> unit
    val listen_tcpv4 : t -> port:int -> TCPV4.callback -> unit
    val listen : t -> unit io
  end
end

module V1_LWT = struct
  include Mirage_1_1_0.V1_LWT

  module type STACKV4 =
    V1.STACKV4
      with type 'a io = 'a Lwt.t
       and type ('a, 'b, 'c) config = ('a, 'b, 'c) stackv4_config
       and type ipv4addr = Ipaddr.V4.t
       and type buffer = Cstruct.t
end
