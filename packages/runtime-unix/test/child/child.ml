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

external descriptor : int -> Unix.file_descr = "%identity"

let high_descriptor = descriptor 1999

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

let outcome attempt =
  match attempt () with
  | () -> "yes"
  | exception Unix.Unix_error (e, _, _) -> Unix.error_message e
  | exception Sys_error why -> "error: " ^ why

let close fd = Unix.close fd

(* Enters the sandbox, and tries what the arguments name. *)
(* Opened before the sandbox is entered, as nothing can be opened afterwards. *)
let own_status = lazy (Unix.openfile "/proc/self/status" [ O_RDONLY ] 0)

let attempt = function
  | "read" -> close (Unix.openfile "/etc/passwd" [ O_RDONLY ] 0)
  | "create" -> close (Unix.openfile "here" [ O_WRONLY; O_CREAT ] 0o600)
  | "up" -> close (Unix.openfile "../../../../../../etc/passwd" [ O_RDONLY ] 0)
  | "list" -> say (String.concat " " (Array.to_list (Sys.readdir "/")))
  | "inet" -> close (Unix.socket PF_INET SOCK_STREAM 0)
  | "local" -> close (Unix.socket PF_UNIX SOCK_STREAM 0)
  | "raw" -> close (Unix.socket PF_INET SOCK_RAW 1)
  | "fork" -> if Unix.fork () = 0 then Unix._exit 0
  | "exec" -> Unix.execv "/bin/true" [| "true" |]
  | "kill" -> Unix.kill (Unix.getppid ()) 0
  | "chroot" -> Unix.chroot "/"
  | "memory" ->
      let blocks = List.init 50 (fun _ -> Bytes.make 1_000_000 'x') in
      Gc.compact ();
      ignore (Sys.opaque_identity blocks)
  | "seed" ->
      let seed () = Random.self_init (); Random.bits () in
      let seeds = List.init 50 (fun _ -> seed ()) in
      if List.length (List.sort_uniq compare seeds) < 49 then failwith "equal seeds"
  | "report" -> OS.Status.report "ready"
  | "sleep" -> Lwt_main.run (OS.Time.sleep 0.01)
  | "status" ->
      let channel = Unix.in_channel_of_descr (Lazy.force own_status) in
      (try while true do say (input_line channel) done with End_of_file -> ())
  | "disk" -> (
      match Lwt_main.run (Block.connect "disk.img") with
      | `Ok disk -> (
          let page = Io_page.get 1 in
          let sector = Cstruct.sub (Io_page.to_cstruct page) 0 512 in
          Cstruct.memset sector 0x2a;
          match Lwt_main.run (Block.write disk 0L [ sector ]) with
          | `Ok () -> ()
          | `Error _ -> failwith "not written")
      | `Error _ -> failwith "no disk")
  | what -> invalid_arg what

let sealed () =
  ignore (Lazy.force own_status);
  OS.Sandbox.enter ();
  let attempts = List.tl (List.tl (Array.to_list Sys.argv)) in
  List.iter (fun what -> say (what ^ ": " ^ outcome (fun () -> attempt what))) attempts

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
  | "high" ->
      let readable, writable = Unix.pipe () in
      Unix.dup2 readable high_descriptor;
      let high = Lwt_unix.of_unix_file_descr ~blocking:false high_descriptor in
      OS.Main.run
        ( Lwt.pick [ Lwt_unix.wait_read high; OS.Time.sleep 10. >>= fun () -> exit 3 ]
        <&> (OS.Time.sleep 0.01 >|= fun () -> Unix.close writable) )
  | "sealed" -> sealed ()
  | mode -> invalid_arg mode

let () = main Sys.argv.(1)
