(* SPDX-License-Identifier: ISC *)

let () = Alcotest.run "mirage-runtime-net" [ ("stack", Test_stack.suite) ]
