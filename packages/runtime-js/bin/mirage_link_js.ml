(* SPDX-License-Identifier: ISC *)

let usage =
  "usage: mirage-link-js -o MODULE PROGRAM [IMAGE...]\n\
  \       mirage-link-js -L\n\n\
   Makes an ECMAScript module of what js_of_ocaml has compiled, with the images\n\
   that mirage-crunch has written, filesystem_NAME.bin. -L prints the flags that\n\
   the program is to be linked with before.\n"

(* The primitives are JavaScript, which ocamlc does not know. *)
let link_flags = "(-no-check-prims)\n"

exception Problem of string

let read path =
  let channel = open_in_bin path in
  Fun.protect
    ~finally:(fun () -> close_in channel)
    (fun () -> really_input_string channel (in_channel_length channel))

let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

(* RFC 4648, section 4. *)
let base64 data =
  let length = String.length data in
  let result = Bytes.make ((length + 2) / 3 * 4) '=' in
  let octet i = if i < length then Char.code data.[i] else 0 in
  for group = 0 to ((length + 2) / 3) - 1 do
    let i = group * 3 in
    let bits = (octet i lsl 16) lor (octet (i + 1) lsl 8) lor octet (i + 2) in
    for n = 0 to min 3 (length - i) do
      Bytes.set result ((group * 4) + n) alphabet.[(bits lsr (18 - (6 * n))) land 63]
    done
  done;
  Bytes.unsafe_to_string result

(* The name in filesystem_NAME.bin. *)
let image_name path =
  let base = Filename.remove_extension (Filename.basename path) in
  let prefix = "filesystem_" in
  let start = String.length prefix in
  if String.length base > start && String.sub base 0 start = prefix then
    String.sub base start (String.length base - start)
  else raise (Problem (path ^ ": no image of mirage-crunch"))

let link output program images =
  let channel = open_out_bin output in
  let write = output_string channel in
  write "// Written by mirage: an ECMAScript module, and a program for Node.js.\n";
  write "function program(globalThis) {\n";
  write (read program);
  write "\n}\n\nconst images = {";
  List.iter
    (fun path ->
      write (Printf.sprintf "\n  %S: \"" (image_name path));
      write (base64 (read path));
      write "\",")
    images;
  write "\n};\n\n";
  write Parts.host;
  write Parts.entry;
  close_out channel

let () =
  let fail code text =
    prerr_string ("mirage-link-js: " ^ text ^ "\n");
    exit code
  in
  match List.tl (Array.to_list Sys.argv) with
  | [ "-L" ] -> print_string link_flags
  | [ "--help" ] -> print_string usage
  | "-o" :: output :: program :: images -> (
      try link output program images with
      | Problem why | Sys_error why -> fail 1 why)
  | _ -> fail 2 ("wrong arguments\n" ^ usage)
