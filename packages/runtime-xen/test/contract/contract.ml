(* SPDX-License-Identifier: ISC *)

(* Compiled with each runtime: an application's source is the same for every target,
   since every device has the same name and the signature that V1_LWT gives it. *)

module _ : V1_LWT.BLOCK with type id = string = Block
module _ : V1_LWT.CLOCK = Clock
module _ : V1_LWT.CONSOLE with type id = string = Console
module _ : V1_LWT.ENTROPY with type id = unit = Entropy
module _ : V1_LWT.IO_PAGE = Io_page
module _ : V1_LWT.NETWORK with type id = string = Netif
module _ : V1_LWT.RANDOM = Random
module _ : V1_LWT.TIME = OS.Time

let _ : unit Lwt.t -> unit = OS.Main.run
let _ : (unit -> unit Lwt.t) -> unit = OS.Main.at_exit
let _ : string -> unit = OS.Status.report
let _ : Block.t -> [ `Ok of unit | `Error of Block.error ] Lwt.t = Block.flush

module Ethernet : V1_LWT.ETHIF with type netif = Netif.t = Ethif.Make (Netif)
module Ip : V1_LWT.IPV4 with type ethif = Ethernet.t = Ipv4.Make (Ethernet)
module Udp = Udpv4.Make (Ip)
module Tcp = Tcpv4.Make (Ip) (OS.Time) (Clock) (Random)
module _ : V1_LWT.UDPV4 with type ipv4 = Ip.t = Udp
module _ : V1_LWT.TCPV4 with type ipv4 = Ip.t = Tcp

module Stack :
  V1_LWT.STACKV4 with type netif = Netif.t and type console = Console.t =
  Tcpip_stack_direct.Make (Console) (OS.Time) (Random) (Netif) (Ethernet) (Ip) (Udp)
    (Tcp)

module _ : V1_LWT.CHANNEL = Channel.Make (Tcp)
module _ : V1_LWT.FS = Fat.Make (Block) (Io_page)
