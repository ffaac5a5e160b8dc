(* SPDX-License-Identifier: ISC *)

(* ENTROPY, which calls a handler. *)

module Cstruct = Compat_2013.Cstruct
module Ipaddr = Compat_2013.Ipaddr

module V1 = struct
  include Mirage_1_1_3.V1

  module type ENTROPY = sig
    type error = [ `No_entropy_device of string ]

    include DEVICE with type error := error

    type buffer
    type handler = source:int -> buffer -> unit

    val handler : t -> handler -> unit io
  end
end

module V1_LWT = struct
  include Mirage_1_1_3.V1_LWT

  module type ENTROPY =
    V1.ENTROPY with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
end
