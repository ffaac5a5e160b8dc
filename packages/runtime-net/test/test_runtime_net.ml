(* SPDX-License-Identifier: ISC *)

let () =
  Alcotest.run "mirage-runtime-net"
    [ ("tcp", Test_tcp.suite); ("stack", Test_stack.suite) ]
