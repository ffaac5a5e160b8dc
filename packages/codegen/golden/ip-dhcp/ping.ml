(* SPDX-License-Identifier: ISC *)

let main (_ : Net.Manager.t) (_ : Net.Manager.interface) (id : Net.Manager.id) =
  print_endline id;
  OS.Time.sleep 1.
