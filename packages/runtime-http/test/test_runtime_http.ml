(* SPDX-License-Identifier: ISC *)

let () = Alcotest.run "runtime-http" (Test_head.suites @ Test_cases.suites @ [ Test_server.suite; Test_sockets.suite ])
