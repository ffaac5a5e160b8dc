(* SPDX-License-Identifier: ISC *)

let () =
  Alcotest.run "mirage-runtime-operations"
    [
      ("Argument", Test_argument.tests);
      ("Ip_arguments", Test_ip_arguments.tests);
      ("Ip6_arguments", Test_ip6_arguments.tests);
      ("Console_log", Test_console_log.tests);
      ("Control", Test_control.tests);
    ]
