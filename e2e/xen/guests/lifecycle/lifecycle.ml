(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

let stay () = fst (Lwt.wait ())
let crash () = Lwt.pause () >>= fun () -> failwith "on purpose"

(* In one piece each, and more at once than the console's ring takes. *)
let print () =
  for i = 1 to 100 do
    let line n = Printf.sprintf "line %d %s\n" ((i * 100) + n) (String.make 90 '.') in
    print_string (String.concat "" (List.init 100 line))
  done;
  flush stdout;
  failwith "printed"

let main () =
  OS.Main.at_exit (fun () ->
      print_endline "leaving";
      Lwt.return_unit);
  print_endline "alive";
  match Arguments.act () with
  | "stay" -> stay ()
  | "crash" -> crash ()
  | "print" -> print ()
  | _ -> Lwt.fail_with "stay or crash?"
