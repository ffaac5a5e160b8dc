(* SPDX-License-Identifier: ISC *)

module OS = struct
  include OS
  include Compat_2013.Make (Console)
  module Clock = Clock
  module Io_page = Io_page
  module Block = Block
  module Netif = Netif
end
