(* SPDX-License-Identifier: ISC *)

module OS = struct
  include OS
  include Compat_2013.Make (Console) (Block) (Io_page)
  module Clock = Clock
  module Io_page = Io_page

  module Netif = struct
    include Netif

    let string_of_id id = id
  end
end

module Cstruct = Compat_2013.Cstruct
module Ipaddr = Compat_2013.Ipaddr
module Blkfront = Compat_2013.Registered
module Blkfront_init = Compat_2013.Registered
