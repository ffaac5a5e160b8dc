(* SPDX-License-Identifier: ISC *)

(* mirage-lwt-syntax FILE: FILE in OCaml, on standard output. *)

let read file =
  let channel = open_in_bin file in
  Fun.protect
    ~finally:(fun () -> close_in channel)
    (fun () -> really_input_string channel (in_channel_length channel))

let () =
  match Sys.argv with
  | [| _; file |] -> (
      set_binary_mode_out stdout true;
      match read file with
      | source -> print_string (Translation.of_source ~file source)
      | exception Sys_error why ->
        prerr_endline ("mirage-lwt-syntax: " ^ why);
        exit 2)
  | _ ->
    prerr_endline "usage: mirage-lwt-syntax FILE.ml";
    exit 2
