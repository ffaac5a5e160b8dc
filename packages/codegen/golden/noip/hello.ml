(* SPDX-License-Identifier: ISC *)

let main () =
  print_endline "hello";
  OS.Time.sleep 0.01
