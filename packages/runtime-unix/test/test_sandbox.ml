(* SPDX-License-Identifier: ISC *)

(* The sandbox as the kernel enforces it: a child enters it and tries to get out. *)

open Support

let child = Filename.concat (Filename.dirname Sys.executable_name) "child/child.exe"

let environment profile more =
  let own = [ "MIRAGE_SANDBOX="; "MIRAGE_FILES="; "MIRAGE_STATUS_FD=" ] in
  let inherited =
    List.filter
      (fun entry ->
        not (List.exists (fun prefix -> String.starts_with ~prefix entry) own))
      (Array.to_list (Unix.environment ()))
  in
  Array.of_list (("MIRAGE_SANDBOX=" ^ profile) :: more @ inherited)

(* How it ended, and what it said of each attempt. *)
let run ?(more = []) profile attempts =
  with_folder (fun folder ->
      let path = Filename.concat folder "output" in
      let output = Unix.openfile path [ O_RDWR; O_CREAT ] 0o600 in
      let arguments = Array.of_list (child :: "sealed" :: attempts) in
      let pid =
        Unix.create_process_env child arguments (environment profile more) Unix.stdin
          output Unix.stderr
      in
      Unix.close output;
      let status = snd (Unix.waitpid [] pid) in
      let lines = String.split_on_char '\n' (read_file path) in
      let said what =
        let prefix = what ^ ": " in
        match List.find_opt (String.starts_with ~prefix) lines with
        | Some line ->
            let n = String.length prefix in
            String.sub line n (String.length line - n)
        | None -> Alcotest.failf "nothing of %s in %s" what (String.concat "; " lines)
      in
      (status, said, lines))

let expect profile outcomes () =
  let status, said, lines = run profile (List.map fst outcomes) in
  if status <> Unix.WEXITED 0 then
    Alcotest.failf "did not end by itself: %s" (String.concat "; " lines);
  List.iter
    (fun (what, expected) -> Alcotest.(check string) what expected (said what))
    outcomes

(* Not all kernels let a user have namespaces: then no file can be named at all. *)
let has_empty_root =
  lazy
    (let _, said, _ = run "direct" [ "list" ] in
     said "list" = "yes")

let no_file () =
  if Lazy.force has_empty_root then "No such file or directory"
  else "Operation not permitted"

let no_new_file () =
  if Lazy.force has_empty_root then "Read-only file system"
  else "Operation not permitted"

let lives = [ ("sleep", "yes"); ("memory", "yes"); ("seed", "yes") ]

let direct () =
  expect "direct"
    (lives
    @ [
        ("read", no_file ());
        ("up", no_file ());
        ("create", no_new_file ());
        ("inet", "Operation not permitted");
        ("local", "Operation not permitted");
        ("fork", "Operation not permitted");
        ("kill", "Operation not permitted");
        ("sleep", "yes");
      ])
    ()

let socket () =
  expect "socket"
    (lives
    @ [
        ("read", no_file ());
        ("inet", "yes");
        ("local", "Operation not permitted");
        ("fork", "Operation not permitted");
      ])
    ()

let low_ports () =
  expect "low-ports" [ ("read", "Operation not permitted"); ("inet", "yes") ] ();
  if Unix.geteuid () = 0 then
    let _, _, lines = run "low-ports" [ "status" ] in
    Alcotest.(check bool) "one capability" true
      (List.mem "CapEff:\t0000000000000400" lines)

let unix () =
  expect "unix" (lives @ [ ("read", "yes"); ("inet", "yes"); ("fork", "yes") ]) ();
  let status, _, _ = run "unix" [ "exec" ] in
  Alcotest.(check bool) "programs are run" true (status = WEXITED 0)

let empty () =
  let _, said, lines = run "direct" [ "list" ] in
  if said "list" = "yes" then
    Alcotest.(check bool) "nothing in the root" true
      (List.exists (fun line -> line = "" || line = ". ..") lines)

let status_fields () =
  List.iter
    (fun profile ->
      let _, _, lines = run profile [ "status" ] in
      let field name =
        match List.find_opt (String.starts_with ~prefix:(name ^ ":\t")) lines with
        | Some line -> List.nth (String.split_on_char '\t' line) 1
        | None -> Alcotest.failf "no %s" name
      in
      let none = "0000000000000000" in
      List.iter
        (fun (name, expected) ->
          Alcotest.(check string) (profile ^ " " ^ name) expected (field name))
        [
          ("NoNewPrivs", "1"); ("Seccomp", "2"); ("CapEff", none); ("CapPrm", none);
          ("CapInh", none); ("CapAmb", none);
        ])
    [ "direct"; "unix" ]

let killed () =
  List.iter
    (fun (profile, attempt) ->
      match run profile [ attempt ] with
      | WSIGNALED signal, _, _ when signal <> Sys.sigkill -> ()
      | _, _, lines ->
          Alcotest.failf "%s lived: %s" attempt (String.concat "; " lines))
    [ ("direct", "exec"); ("socket", "exec"); ("direct", "chroot"); ("unix", "chroot") ]

let handed_over () =
  with_folder (fun folder ->
      let path = Filename.concat folder "elsewhere.img" in
      write_file path (String.make 1024 '\000');
      let connect access flags =
        let fd = Unix.openfile path flags 0 in
        Fun.protect
          ~finally:(fun () -> Unix.close fd)
          (fun () ->
            let more =
              [ Printf.sprintf "MIRAGE_FILES=%d %s disk.img" (int_of_fd fd) access ]
            in
            run ~more "direct" [ "disk" ])
      in
      let status, said, _ = connect "rw" [ O_RDWR ] in
      Alcotest.(check bool) "ended well" true (status = WEXITED 0);
      Alcotest.(check string) "written, by a thread" "yes" (said "disk");
      Alcotest.(check string) "is in the file" (String.make 512 '*')
        (String.sub (read_file path) 0 512);
      let status, _, _ = connect "ro" [ O_RDONLY ] in
      Alcotest.(check bool) "read-only is known to be" true (status <> WEXITED 0))

(* As Node.js makes pipes of its children. *)
let reports () =
  let ours, theirs = Unix.socketpair PF_UNIX SOCK_STREAM 0 in
  Fun.protect
    ~finally:(fun () -> Unix.close ours)
    (fun () ->
      let more = [ Printf.sprintf "MIRAGE_STATUS_FD=%d" (int_of_fd theirs) ] in
      let status, _, lines = run ~more "direct" [ "report" ] in
      Unix.close theirs;
      if status <> WEXITED 0 then Alcotest.failf "failed: %s" (String.concat "; " lines);
      let channel = Unix.in_channel_of_descr ours in
      check_contains "entered" "sandbox" (input_line channel);
      Alcotest.(check string) "afterwards" "ready" (input_line channel))

let without () =
  expect "" [ ("read", "yes"); ("fork", "yes") ] ()

let unknown () =
  match run "nonsense" [] with
  | WEXITED 2, _, _ -> ()
  | _ -> Alcotest.fail "an unknown profile is no reason to go on"

(* Where there is none, a program that should be in one does not run at all. *)
let none () =
  match run "direct" [ "read" ] with
  | WEXITED 2, _, lines ->
      Alcotest.(check (list string)) "nothing was attempted" [ "" ] lines
  | _ -> Alcotest.fail "it runs without its sandbox"

let everywhere =
  [ case "without" without; case "a profile that is none" unknown ]

let suite =
  ( "sandbox",
    if Process_sandbox.is_there () then
      [
        case "a program on network devices" direct;
        case "a program on sockets" socket;
        case "a program on ports below 1024" low_ports;
        case "a program on Unix" unix;
        case "the root is empty" empty;
        case "no privileges" status_fields;
        case "the end of what is hostile" killed;
        case "files that were handed over" handed_over;
        case "a status line by a socket" reports;
      ]
      @ everywhere
    else case "a system that has none" none :: everywhere )
