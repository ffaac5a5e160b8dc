(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

let rec greet times =
  if times = 0 then Lwt.return_unit
  else begin
    print_endline "hello";
    OS.Time.sleep 0.2 >>= fun () ->
    print_endline "world";
    greet (times - 1)
  end

let main () = greet 2
