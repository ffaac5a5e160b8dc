(* SPDX-License-Identifier: ISC *)

type 'a io = 'a Lwt.t
type buffer = Cstruct.t
type ipv4addr = Ipaddr.V4.t
type ethif = Ipaddr.V4.t option
type error = [ `Unknown of string | `Unimplemented ]
type t = { address : Ipaddr.V4.t option }
type callback = src:ipv4addr -> dst:ipv4addr -> buffer -> unit io

let id t = t.address
let connect address = Lwt.return (`Ok { address })
let disconnect _ = Lwt.return_unit

let not_here what =
  Lwt.fail_with
    ("Ipv4_socket." ^ what ^ ": the host's kernel does this for a socket stack")

let input ~tcp:_ ~udp:_ ~default:_ _ _ = not_here "input"
let allocate_frame ~proto:_ ~dest_ip:_ _ = not_here "allocate_frame"
let write _ _ _ = not_here "write"
let writev _ _ _ = not_here "writev"
let set_ipv4 _ _ = not_here "set_ipv4"
let set_ipv4_netmask _ _ = not_here "set_ipv4_netmask"
let set_ipv4_gateways _ _ = not_here "set_ipv4_gateways"
let get_ipv4 t = Option.value t.address ~default:Ipaddr.V4.any
let get_ipv4_netmask _ = Ipaddr.V4.any
let get_ipv4_gateways _ = []
