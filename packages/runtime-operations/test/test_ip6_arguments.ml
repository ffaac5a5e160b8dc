(* SPDX-License-Identifier: ISC *)

let ip = Ipaddr.V6.of_string_exn
let built = ([ (ip "fd00::2", 64) ], [ ip "fd00::1" ], false)

let text = function
  | Error why -> why
  | Ok (addresses, gateways, slaac) ->
      let address (ip, bits) = Printf.sprintf "%s/%d" (Ipaddr.V6.to_string ip) bits in
      String.concat " "
        (List.map address addresses @ List.map Ipaddr.V6.to_string gateways
        @ if slaac then [ "slaac" ] else [])

let combinations () =
  let check what expected ?address ?gateway ?slaac built =
    let address = Option.map (fun (text, bits) -> (ip text, bits)) address in
    Alcotest.(check string) what expected
      (text (Ip6_arguments.combine address (Option.map ip gateway) slaac built))
  in
  check "nothing" "fd00::2/64 fd00::1" built;
  check "another host" "fd00::9/64 fd00::1" ~address:("fd00::9", 64) built;
  check "another network" "fd01::9/64" ~address:("fd01::9", 64) built;
  check "with its router" "fd01::9/64 fd01::1" ~address:("fd01::9", 64) ~gateway:"fd01::1" built;
  check "a router on the link" "fd00::2/64 fe80::1" ~gateway:"fe80::1" built;
  check "a router elsewhere" "--ip6-gateway: fd02::1 is outside of the network of fd00::2"
    ~gateway:"fd02::1" built;
  check "what routers say" "fd00::2/64 fd00::1 slaac" ~slaac:true built

let tests = [ Alcotest.test_case "combinations" `Quick combinations ]
