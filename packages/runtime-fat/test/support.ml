(* SPDX-License-Identifier: ISC *)

module F = Fat.Make (Ram_disk) (Pages)

let kib = 1024
let mib = 1024 * kib

(* A device in memory answers at once, or after other threads have run. *)
let rec now thread =
  match Lwt.state thread with
  | Lwt.Return result -> result
  | Lwt.Fail exn -> raise exn
  | Lwt.Sleep when Lwt.paused_count () > 0 ->
      Lwt.wakeup_paused ();
      now thread
  | Lwt.Sleep -> Alcotest.fail "a thread waits for nothing"

let show_error : F.error -> string = function
  | `Not_a_directory path -> "not a directory: " ^ path
  | `Is_a_directory path -> "is a directory: " ^ path
  | `Directory_not_empty path -> "directory not empty: " ^ path
  | `No_directory_entry (folder, name) -> Printf.sprintf "no %s in %s" name folder
  | `File_already_exists path -> "file already exists: " ^ path
  | `No_space -> "no space"
  | `Format_not_recognised why -> "format not recognised: " ^ why
  | `Unknown_error why -> "unknown error: " ^ why
  | `Block_device (`Unknown why) -> "block device: " ^ why
  | `Block_device `Is_read_only -> "block device: is read-only"
  | `Block_device (`Unimplemented | `Disconnected) -> "block device"

let result thread =
  match now thread with
  | `Ok x -> Ok x
  | `Error error -> Error (show_error error)

let ok thread =
  match result thread with Ok x -> x | Error why -> Alcotest.fail why

let connect disk = ok (F.connect disk)

(** A freshly formatted disk. *)
let formatted ?sector_size size =
  let disk = Ram_disk.create ?sector_size size in
  let fs = connect disk in
  ok (F.format fs (Int64.of_int size));
  (disk, fs)

let read_part fs path offset length =
  Result.map
    (fun buffers -> Cstruct.copyv buffers)
    (result (F.read fs path offset length))

let read_all fs path = ok (F.read fs path 0 max_int) |> Cstruct.copyv
let write fs path offset text = F.write fs path offset (Cstruct.of_string text)

let put fs path text =
  ok (F.create fs path);
  ok (write fs path 0 text)

let listdir fs path = List.sort compare (ok (F.listdir fs path))

(** Octets that differ from their neighbours and from those of another [seed]. *)
let pattern ?(seed = 0) length =
  String.init length (fun i -> Char.chr ((i * 7 + (i / 251) + seed) land 0xff))

let fails what why thread =
  match result thread with
  | Ok _ -> Alcotest.failf "%s: an error expected" what
  | Error actual -> Alcotest.(check string) what why actual

let case name test = Alcotest.test_case name `Quick test

let property (QCheck2.Test.Test cell as test) =
  case (QCheck2.Test.get_name cell) (fun () -> QCheck2.Test.check_exn test)

(** {1 Other programs} *)

(** Exit code and output of a command of the shell. *)
let sh format =
  Printf.ksprintf
    (fun command ->
      let path = Filename.temp_file "mirage-fat-" ".log" in
      Fun.protect ~finally:(fun () -> Sys.remove path) (fun () ->
          let code = Sys.command (Printf.sprintf "(%s) >%s 2>&1" command path) in
          let channel = open_in_bin path in
          let output = really_input_string channel (in_channel_length channel) in
          close_in channel;
          (code, output)))
    format

let expect_success (code, output) =
  if code <> 0 then Alcotest.failf "exit code %d: %s" code output;
  output

let path_for_tools = "PATH=$PATH:/usr/sbin:/sbin"

let has tool = fst (sh "%s; command -v %s" path_for_tools tool) = 0

(** [with_tools tools f] does nothing but say so if one of them is missing. *)
let with_tools tools f =
  match List.filter (fun tool -> not (has tool)) tools with
  | [] -> f ()
  | missing -> Printf.printf "skipped: no %s\n" (String.concat ", " missing)

(** [with_image f] calls [f] with the path for an image file, which is removed. *)
let with_image f =
  let path = Filename.temp_file "mirage-fat-" ".img" in
  Fun.protect ~finally:(fun () -> Sys.remove path) (fun () -> f path)

(** Fails unless fsck.fat finds nothing to remark. *)
let fsck disk =
  with_tools [ "fsck.fat" ] (fun () ->
      with_image (fun image ->
          Ram_disk.save disk image;
          ignore
            (expect_success (sh "%s; fsck.fat -n %s" path_for_tools image))))
