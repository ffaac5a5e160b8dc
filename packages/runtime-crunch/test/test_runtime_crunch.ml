(* SPDX-License-Identifier: ISC *)

let () =
  Alcotest.run ~argv:[| Sys.argv.(0) |] "runtime-crunch"
    [
      ("image", Test_image.suite);
      ("tool", Test_tool.suite);
      ("program", Test_program.suite);
      ("web", Test_web.suite);
    ]
