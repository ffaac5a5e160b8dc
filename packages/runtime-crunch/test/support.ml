(* SPDX-License-Identifier: ISC *)

let absolute path =
  if Filename.is_relative path then Filename.concat (Sys.getcwd ()) path else path

(* The test's arguments: the tool, and a file in the folder of the installed library. *)
let tool = absolute Sys.argv.(1)
let libraries = Filename.(dirname (dirname (absolute Sys.argv.(2))))

let quote = Filename.quote

let read_all channel =
  let buffer = Buffer.create 4096 in
  let rec go () =
    match Buffer.add_channel buffer channel 1 with
    | () -> go ()
    | exception End_of_file -> Buffer.contents buffer
  in
  go ()

(** [sh command] runs it and returns its exit code and what it printed. *)
let sh command =
  let channel = Unix.open_process_in (Printf.sprintf "(%s) 2>&1" command) in
  let output = read_all channel in
  match Unix.close_process_in channel with
  | WEXITED code -> (code, output)
  | WSIGNALED signal | WSTOPPED signal -> (128 + signal, output)

let expect_success (code, output) =
  if code <> 0 then Alcotest.failf "exit code %d: %s" code output

(** [in_folder f] calls [f] with the path of a new folder, which is removed. *)
let in_folder f =
  let rec fresh n =
    let path =
      Filename.concat
        (Filename.get_temp_dir_name ())
        (Printf.sprintf "mirage-crunch-%d-%d" (Unix.getpid ()) n)
    in
    try Unix.mkdir path 0o700; path
    with Unix.Unix_error (EEXIST, _, _) -> fresh (n + 1)
  in
  let folder = fresh 0 in
  Fun.protect
    ~finally:(fun () -> ignore (sh ("rm -rf " ^ quote folder)))
    (fun () -> f folder)

(** [write folder path content] creates the file and the folders above it. *)
let write folder path content =
  let path = Filename.concat folder path in
  expect_success (sh ("mkdir -p " ^ quote (Filename.dirname path)));
  let channel = open_out_bin path in
  Fun.protect
    ~finally:(fun () -> close_out channel)
    (fun () -> output_string channel content)

let read path =
  let channel = open_in_bin path in
  Fun.protect
    ~finally:(fun () -> close_in channel)
    (fun () -> really_input_string channel (in_channel_length channel))

(** [crunch ~output folder] runs the tool with the name [tree]. *)
let crunch ?(name = "tree") ?(options = "") ~output folder =
  sh
    (Printf.sprintf "%s --name %s --output %s %s %s" (quote tool) (quote name)
       (quote output) options (quote folder))

(** The command that builds [folder]/main from main.ml and the module
    Filesystem_tree, without the Unix library. *)
let compiler folder =
  Printf.sprintf
    "cd %s && OCAMLPATH=%s:$OCAMLPATH ocamlfind ocamlopt -linkpkg -package mirage-runtime-crunch \
     filesystem_tree_stubs.c filesystem_tree.mli filesystem_tree.ml main.ml -o \
     main"
    (quote folder) (quote libraries)

let compile folder main =
  write folder "main.ml" main;
  sh (compiler folder)
