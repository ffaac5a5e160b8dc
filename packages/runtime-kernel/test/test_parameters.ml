(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_parameters

let ip = Ipaddr.V4.of_string_exn
let static ?(gateways = []) address netmask = `IPv4 (ip address, ip netmask, List.map ip gateways)

let cases =
  [
    ("ip=dhcp", Some (0, `DHCP));
    ("ip=on", Some (0, `DHCP));
    ("ip=off", None);
    ("ip=10.1.2.3", Some (0, static "10.1.2.3" "255.0.0.0"));
    ( "ip=172.16.0.2::172.16.0.1:255.255.255.252::eth0:off",
      Some (0, static ~gateways:[ "172.16.0.1" ] "172.16.0.2" "255.255.255.252") );
    ( "ip=192.168.7.9::192.168.7.1::host:eth1:none:1.1.1.1:8.8.8.8",
      Some (1, static ~gateways:[ "192.168.7.1" ] "192.168.7.9" "255.255.255.0") );
    ("ip=:::::eth2:dhcp", Some (2, `DHCP));
    ("ip=:::::ens3:", Some (0, `DHCP));
    ("ip=::::::off", None);
    ("ip=::::::", Some (0, `DHCP));
    ("ip=any", Some (0, `DHCP));
    ("ip=both", Some (0, `DHCP));
    ("ip=none", None);
    ("ip=0.0.0.0::::::dhcp", Some (0, `DHCP));
    ("ip=:::::eth12:dhcp", Some (12, `DHCP));
    ("ip=:::::eth-1:dhcp", Some (0, `DHCP));
    ("ip=:::::eth0x1:dhcp", Some (0, `DHCP));
    ("ip=:::::eth99999999999999999999:dhcp", Some (0, `DHCP));
    ( "ip=10.0.0.2::10.0.0.1:255.255.255.0:box:eth0:off:10.0.0.1:10.0.0.3:10.0.0.4",
      Some (0, static ~gateways:[ "10.0.0.1" ] "10.0.0.2" "255.255.255.0") );
    ("ip=128.1.2.3::::::off", Some (0, static "128.1.2.3" "255.255.0.0"));
    ( "ip=10.0.0.2:10.0.0.9:10.0.0.1:255.255.255.0:box:eth0:dhcp",
      Some (0, static ~gateways:[ "10.0.0.1" ] "10.0.0.2" "255.255.255.0") );
  ]

let understood () =
  List.iter
    (fun (word, wanted) ->
      let read, wrong = Ip_parameter.of_settings [ "a=b"; word; "console=ttyS0" ] in
      Alcotest.(check (list string)) word [] wrong;
      let same =
        match (read, wanted) with
        | [], None -> true
        | [ { Ip_parameter.interface; addressing } ], Some wanted ->
            (interface, addressing) = wanted
        | _ -> false
      in
      Alcotest.(check bool) word true same)
    cases

let refused () =
  List.iter
    (fun word ->
      let read, wrong = Ip_parameter.of_settings [ "a=b"; word ] in
      Alcotest.(check bool) word true (read = [] && wrong = [ word ]))
    [
      "ip=10.0.0.256::"; "ip=bootp"; "ip=rarp"; "ip=[fd00::1]::::eth0"; "ip=10.0.0.2:::24";
      "ip=10.0.0.2::gw:255.0.0.0"; "ip=:::::eth0:maybe"; "ip=10.0.0.2:::255.0.255.0";
      "ip=224.0.0.1"; "ip=255.255.255.255"; "ip=10.0.0.2::224.0.0.1"; "ip=10.0.0"; "ip=1";
      "ip=10.0.0.2/24"; "ip=eth0:dhcp"; "ip= "; "ip=10.0.0.2,10.0.0.3";
    ]

let several () =
  let read, _ = 
    Ip_parameter.of_settings [ "ip=10.0.0.2:::::eth0:off"; "ip=:::::eth1:dhcp"; "zip=1" ]
  in
  Alcotest.(check (list int)) "one each" [ 0; 1 ]
    (List.map (fun p -> p.Ip_parameter.interface) read)

let () =
  let case name f = Alcotest.test_case name `Quick f in
  Alcotest.run "parameters"
    [ ("ip", [ case "understood" understood; case "refused" refused; case "several" several ]) ]
