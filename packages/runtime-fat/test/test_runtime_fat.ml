(* SPDX-License-Identifier: ISC *)

let () =
  Alcotest.run "runtime-fat"
    [
      ("sizes", Test_operations.sizes_suite);
      ("operations", Test_operations.suite);
      ("names", Test_names.suite);
      ("model", Test_model.suite);
      ("other programs", Test_interop.suite);
      ("damage", Test_damage.suite);
    ]
