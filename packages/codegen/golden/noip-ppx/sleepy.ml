(* SPDX-License-Identifier: ISC *)

let main () =
  for%lwt i = 1 to 2 do
    let%lwt () = OS.Time.sleep 0.001 in
    print_endline (string_of_int i);
    Lwt.return_unit
  done
