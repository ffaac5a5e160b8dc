(* SPDX-License-Identifier: ISC *)

let ip = Ipaddr.V4.of_string_exn
let built = `IPv4 (ip "10.0.0.2", ip "255.255.255.0", [ ip "10.0.0.1" ])

let text = function
  | Error why -> why
  | Ok `DHCP -> "dhcp"
  | Ok (`IPv4 (address, netmask, gateways)) ->
      String.concat " " (List.map Ipaddr.V4.to_string (address :: netmask :: gateways))

let static ?netmask address = Some (Ip_arguments.Static (ip address, Option.map ip netmask))

let combinations () =
  let check what expected outcome = Alcotest.(check string) what expected (text outcome) in
  let combine ?netmask ?gateway way built_in =
    Ip_arguments.combine way (Option.map ip netmask) (Option.map ip gateway) built_in
  in
  check "nothing" "10.0.0.2 255.255.255.0 10.0.0.1" (combine None built);
  check "another host" "10.0.0.9 255.255.255.0 10.0.0.1" (combine (static "10.0.0.9") built);
  check "another network" "10.1.0.9 255.255.255.0" (combine (static "10.1.0.9") built);
  check "all of it" "10.1.0.9 255.255.0.0 10.1.9.1"
    (combine (static "10.1.0.9") ~netmask:"255.255.0.0" ~gateway:"10.1.9.1" built);
  check "with its network" "10.1.0.9 255.255.0.0 10.1.9.1"
    (combine (static "10.1.0.9" ~netmask:"255.255.0.0") ~gateway:"10.1.9.1" `DHCP);
  check "an address alone in the place of DHCP"
    "--ip-netmask is missing: write --ip-address 10.1.0.9/24, for example"
    (combine (static "10.1.0.9") `DHCP);
  check "a gateway alone" "10.0.0.2 255.255.255.0 10.0.0.3" (combine None ~gateway:"10.0.0.3" built);
  check "a gateway elsewhere" "--ip-gateway: 10.2.0.1 is outside of the network of 10.0.0.2"
    (combine None ~gateway:"10.2.0.1" built);
  check "a gateway on the link" "10.1.0.9 255.255.255.255 10.2.0.1"
    (combine (static "10.1.0.9" ~netmask:"255.255.255.255") ~gateway:"10.2.0.1" built);
  check "dhcp" "dhcp" (combine (Some Dhcp) built);
  check "dhcp and a gateway"
    "--ip-address dhcp: with DHCP, the server says what netmask and gateway are"
    (combine (Some Dhcp) ~gateway:"10.0.0.1" built);
  check "a network twice" "--ip-netmask: --ip-address has the size of the network already"
    (combine (static "10.1.0.9" ~netmask:"255.0.0.0") ~netmask:"255.0.0.0" built)

let tests = [ Alcotest.test_case "combinations" `Quick combinations ]
