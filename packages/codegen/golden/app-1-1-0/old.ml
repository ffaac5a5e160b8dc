module Wrapped (S : V1_LWT.STACKV4) : V1_LWT.STACKV4 = struct
  type 'a io = 'a S.io
  type t = S.t
  type error = S.error
  type id = S.id
  type console = S.console
  type netif = S.netif
  type mode = S.mode
  type ('a, 'b, 'c) config = ('a, 'b, 'c) V1_LWT.stackv4_config
  type ipv4addr = S.ipv4addr
  type buffer = S.buffer

  module UDPV4 = S.UDPV4
  module TCPV4 = S.TCPV4

  let id = S.id
  let connect = S.connect
  let disconnect = S.disconnect
  let listen_udpv4 = S.listen_udpv4
  let listen_tcpv4 = S.listen_tcpv4
  let listen = S.listen
end

module Main (C : V1_LWT.CONSOLE) = struct
  let start c =
    match Ipaddr.V4.of_string "10.0.0.2" with
    | Some address -> C.log_s c (Ipaddr.V4.to_string address)
    | None -> C.log_s c "none"
end
