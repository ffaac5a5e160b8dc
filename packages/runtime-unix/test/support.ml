(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

(* A test that hangs has failed. *)
let run promise =
  Lwt_main.run
    (Lwt.pick
       [ promise; (Lwt_unix.sleep 20. >>= fun () -> Lwt.fail_with "it hangs") ])

let ok = function `Ok x -> x | `Error _ -> Alcotest.fail "`Ok expected"
let error = function `Error e -> e | `Ok _ -> Alcotest.fail "`Error expected"
let case name test = Alcotest.test_case name `Quick test
let lwt_case name test = case name (fun () -> run (test ()))

let contains part text =
  let n = String.length part in
  let rec at i = i + n <= String.length text && (String.sub text i n = part || at (i + 1)) in
  at 0

let check_contains what part text =
  if not (contains part text) then
    Alcotest.failf "%s: %S does not contain %S" what text part

let temporary_folder () =
  let path = Filename.temp_file "mirage" "" in
  Sys.remove path;
  Unix.mkdir path 0o700;
  path

let rec remove path =
  match Unix.lstat path with
  | { st_kind = S_DIR; _ } ->
      Array.iter (fun name -> remove (Filename.concat path name)) (Sys.readdir path);
      Unix.rmdir path
  | _ -> Sys.remove path

let with_folder test =
  let folder = temporary_folder () in
  Fun.protect ~finally:(fun () -> remove folder) (fun () -> test folder)

let write_file path content =
  let channel = open_out_bin path in
  output_string channel content;
  close_out channel

let read_file path =
  let channel = open_in_bin path in
  let content = really_input_string channel (in_channel_length channel) in
  close_in channel;
  content

external int_of_fd : Unix.file_descr -> int = "%identity"
