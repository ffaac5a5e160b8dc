(* SPDX-License-Identifier: ISC *)

let () =
  Alcotest.run "runtime-tls"
    [ ("handshake", Test_handshake.tests); ("https", Test_https.tests) ]
