(* SPDX-License-Identifier: ISC *)

(* FLOW. *)

module Cstruct = Compat_2013.Cstruct
module Ipaddr = Compat_2013.Ipaddr

module V1 = struct
  include Mirage_1_1_2.V1
  module type FLOW = V1.FLOW
end

module V1_LWT = struct
  include Mirage_1_1_2.V1_LWT
  module type FLOW = V1_LWT.FLOW
end
