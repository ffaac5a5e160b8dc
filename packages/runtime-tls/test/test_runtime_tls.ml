(* SPDX-License-Identifier: ISC *)

let () =
  Alcotest.run "runtime-tls"
    [
      ("traces", Test_traces.tests);
      ("handshake", Test_handshake.tests);
      ("refusals", Test_refusals.tests);
      ("damage", Test_fuzz.tests);
      ("acme", Test_acme.tests);
      ("https", Test_https.tests);
    ]
