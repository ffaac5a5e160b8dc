(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

let stay () = fst (Lwt.wait ())
let crash () = Lwt.pause () >>= fun () -> failwith "on purpose"

let main () =
  OS.Main.at_exit (fun () ->
      print_endline "leaving";
      Lwt.return_unit);
  print_endline "alive";
  match Sys.argv with
  | [| _; "stay" |] -> stay ()
  | [| _; "crash" |] -> crash ()
  | _ -> Lwt.fail_with "stay or crash?"
