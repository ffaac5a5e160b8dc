(* SPDX-License-Identifier: ISC *)

(* The program that the tests of OS and Console start. *)

open Lwt.Infix

let say = print_endline

let hooked name =
  OS.Main.at_exit (fun () ->
      say ("hook " ^ name);
      Lwt.return_unit)

(* Says so from within the main loop. *)
let forever () =
  OS.Time.sleep 0. >>= fun () ->
  say "waiting";
  fst (Lwt.wait ())

let console () =
  Console.connect "console" >|= function
  | `Ok console -> console
  | `Error _ -> failwith "no console"

let numbered console last =
  let rec from i =
    if i > last then Lwt.return_unit
    else Console.log_s console (string_of_int i) >>= fun () -> from (i + 1)
  in
  from 1

let main = function
  | "finish" ->
      hooked "first";
      hooked "second";
      OS.Main.run (OS.Time.sleep 0.01);
      say "after"
  | "fail" ->
      hooked "only";
      OS.Main.run (OS.Time.sleep 0. >>= fun () -> failwith "told to")
  | "async" ->
      Lwt.async (fun () -> OS.Time.sleep 0. >>= fun () -> failwith "aside");
      OS.Main.run (forever ())
  | "outside" -> failwith "before run"
  | "wait" ->
      hooked "only";
      OS.Main.run (forever ())
  | "exit" ->
      hooked "only";
      OS.Main.run (OS.Time.sleep 0. >>= fun () -> exit 2)
  | "memory" -> say (string_of_int (Memory_budget.limit ()))
  | "stuck" ->
      OS.Main.at_exit forever;
      OS.Main.run (forever ())
  | "status" ->
      OS.Status.report "listen tcp 80";
      OS.Status.report "two\nlines"
  | "numbers" -> OS.Main.run (console () >>= fun c -> numbered c 20_000)
  | "background" ->
      OS.Main.run
        ( console () >>= fun c ->
          for i = 1 to 20_000 do
            Console.log c (string_of_int i)
          done;
          Lwt.return_unit )
  | "closed" ->
      OS.Main.run
        ( console () >>= fun c ->
          numbered c 1_000 >|= fun () -> prerr_endline "still here" )
  | "disk" -> (
      match Lwt_main.run (Block.connect Sys.argv.(2)) with
      | `Ok _ -> say "connected"
      | `Error (`Unknown why) -> say why
      | `Error _ -> say "another error")
  | mode -> invalid_arg mode

let () = main Sys.argv.(1)
