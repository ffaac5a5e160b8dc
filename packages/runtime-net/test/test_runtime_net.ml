(* SPDX-License-Identifier: ISC *)

let () =
  Alcotest.run "mirage-runtime-net"
    [
      ("wire", Test_wire.suite);
      ("reassembly", Test_reassembly.suite);
      ("layers", Test_layers.suite);
      ("tcp", Test_tcp.suite);
      ("stack", Test_stack.suite);
      ("driver", Test_driver.suite);
      ("dhcp", Test_dhcp.suite);
    ("ipv6", Test_ipv6.suite);
      ("channel", Test_channel.suite);
    ]
