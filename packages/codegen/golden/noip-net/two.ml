open Lwt

let address text = Ipaddr.V4.of_string_exn text

let serve _ chan =
  match_lwt Net.Flow.read chan with
  | None -> Net.Flow.close chan
  | Some data -> Net.Flow.write chan data

let main () =
  Net.Manager.create (fun manager interface id ->
      OS.Console.log (OS.Netif.string_of_id id);
      Net.Manager.configure interface
        (`IPv4 (address "10.0.0.2", address "255.255.255.0", [])) >>
      Net.Flow.listen manager (`TCPv4 ((None, 7), serve)))

(* The client of DHCP as programs of 1.1.0 had it. *)
module Client
    (C : V1_LWT.CONSOLE)
    (T : V1_LWT.TIME)
    (E : V1_LWT.ETHIF)
    (I : V1_LWT.IPV4 with type ethif = E.t)
    (U : V1_LWT.UDPV4 with type ipv4 = I.t) =
struct
  module Dhcp = Dhcp_clientv4.Make (C) (T) (Random) (E) (I) (U)

  let first console ip udp =
    let client, offers = Dhcp.create console ip udp in
    let input = U.input ~listeners:(Dhcp.listen client) udp in
    lwt { Dhcp.ip_addr; netmask; gateways; dns; lease; xid } = Lwt_stream.next offers in
    return (input, (ip_addr, netmask), (gateways, dns), (lease, xid))
end
