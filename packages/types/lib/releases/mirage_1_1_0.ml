(* SPDX-License-Identifier: ISC *)

(* What mirage-types 1.1.0 had, of February 2014. The releases after it are told by
   what they changed. *)

module Cstruct = Compat_2013.Cstruct
module Ipaddr = Compat_2013.Ipaddr

module V1 = struct
  module type DEVICE = V1.DEVICE
  module type TIME = V1.TIME
  module type RANDOM = V1.RANDOM
  module type CLOCK = V1.CLOCK
  module type CONSOLE = V1.CONSOLE
  module type BLOCK = V1.BLOCK
  module type NETWORK = V1.NETWORK
  module type ETHIF = V1.ETHIF
  module type IPV4 = V1.IPV4
  module type UDPV4 = V1.UDPV4
  module type TCPV4 = V1.TCPV4
  module type CHANNEL = V1.CHANNEL
  module type FS = V1.FS
  module type IO_PAGE = V1.IO_PAGE
  module type KV_RO = V1.KV_RO

  module type STACKV4 = sig
    type console
    type netif
    type mode
    type ('console, 'netif, 'mode) config
    type ipv4addr
    type buffer
    type error = [ `Unknown of string ]

    include
      DEVICE with type error := error and type id = (console, netif, mode) config

    module UDPV4 :
      UDPV4
        with type +'a io = 'a io
         and type ipv4addr = ipv4addr
         and type buffer = buffer

    module TCPV4 :
      TCPV4
        with type +'a io = 'a io
         and type ipv4addr = ipv4addr
         and type buffer = buffer

    val listen_udpv4 : t -> port:int -> UDPV4.callback -> unit
    val listen_tcpv4 : t -> port:int -> TCPV4.callback -> unit
    val listen : t -> unit io
  end
end

module V1_LWT = struct
  module type TIME = V1_LWT.TIME
  module type NETWORK = V1_LWT.NETWORK
  module type ETHIF = V1_LWT.ETHIF
  module type IPV4 = V1_LWT.IPV4
  module type UDPV4 = V1_LWT.UDPV4
  module type TCPV4 = V1_LWT.TCPV4
  module type CHANNEL = V1_LWT.CHANNEL
  module type KV_RO = V1_LWT.KV_RO
  module type CONSOLE = V1_LWT.CONSOLE
  module type BLOCK = V1_LWT.BLOCK

  (* Its buffers were not fixed. *)
  module type FS = V1.FS with type 'a io = 'a Lwt.t

  type socket_stack_config = V1_LWT.socket_stack_config
  type direct_stack_config = V1_LWT.direct_stack_config

  type ('console, 'netif, 'mode) stackv4_config =
        ('console, 'netif, 'mode) V1_LWT.stackv4_config = {
    name : string;
    console : 'console;
    interface : 'netif;
    mode : 'mode;
  }

  module type STACKV4 =
    V1.STACKV4
      with type 'a io = 'a Lwt.t
       and type ('a, 'b, 'c) config = ('a, 'b, 'c) stackv4_config
       and type ipv4addr = Ipaddr.V4.t
       and type buffer = Cstruct.t
end
