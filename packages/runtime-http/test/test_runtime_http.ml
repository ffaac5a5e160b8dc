(* SPDX-License-Identifier: ISC *)

let () = Alcotest.run "runtime-http" (Test_head.suites @ Test_cases.suites @ [ Test_pieces.suite; Test_fuzz.suite; Test_limits.suite; Test_websocket.suite; Test_static.suite;  Test_server.suite; Test_sockets.suite ])
