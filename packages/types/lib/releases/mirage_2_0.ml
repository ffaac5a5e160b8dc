(* SPDX-License-Identifier: ISC *)

(* A flow can be closed; consoles and connections of TCP are flows. *)

module Cstruct = Compat_2013.Cstruct
module Ipaddr = Compat_2013.Ipaddr

module V1 = struct
  include Mirage_1_2.V1

  module type FLOW = sig
    include V1.FLOW

    val close : flow -> unit io
  end

  module type CONSOLE = sig
    type error = [ `Invalid_console of string ]

    include DEVICE with type error := error

    include
      FLOW with type error := error and type 'a io := 'a io and type flow := t

    val log : t -> string -> unit
    val log_s : t -> string -> unit io
  end

  module type TCPV4 = sig
    type buffer
    type ipv4
    type ipv4addr
    type ipv4input
    type flow
    type error = [ `Unknown of string | `Timeout | `Refused ]

    include DEVICE with type error := error and type id := ipv4

    include
      FLOW
        with type error := error
         and type 'a io := 'a io
         and type buffer := buffer
         and type flow := flow

    type callback = flow -> unit io

    val get_dest : flow -> ipv4addr * int
    val write_nodelay : flow -> buffer -> unit io
    val writev_nodelay : flow -> buffer list -> unit io

    val create_connection :
      t -> ipv4addr * int -> [ `Ok of flow | `Error of error ] io

    val input : t -> listeners:(int -> callback option) -> ipv4input
  end

  module type STACKV4 = sig
    type console
    type netif
    type mode
    type ('console, 'netif, 'mode) config
    type ipv4addr
    type buffer
    type udpv4
    type tcpv4
    type ipv4
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

    module IPV4 :
      IPV4
        with type +'a io = 'a io
         and type ipv4addr = ipv4addr
         and type buffer = buffer
         and type t = ipv4

    val udpv4 : t -> udpv4
    val tcpv4 : t -> tcpv4
    val ipv4 : t -> ipv4
    val listen_udpv4 : t -> port:int -> UDPV4.callback -> unit
    val listen_tcpv4 : t -> port:int -> TCPV4.callback -> unit
    val listen : t -> unit io
  end
end

module V1_LWT = struct
  include Mirage_1_2.V1_LWT

  module type FLOW =
    V1.FLOW with type 'a io = 'a Lwt.t and type buffer = Cstruct.t

  module type CONSOLE =
    V1.CONSOLE with type 'a io = 'a Lwt.t and type buffer = Cstruct.t

  module type TCPV4 =
    V1.TCPV4
      with type 'a io = 'a Lwt.t
       and type buffer = Cstruct.t
       and type ipv4addr = Ipaddr.V4.t

  module type STACKV4 =
    V1.STACKV4
      with type 'a io = 'a Lwt.t
       and type ('a, 'b, 'c) config = ('a, 'b, 'c) stackv4_config
       and type ipv4addr = Ipaddr.V4.t
       and type buffer = Cstruct.t
end
