(* SPDX-License-Identifier: ISC *)

external has_control_groups : unit -> bool = "mirage_unix_has_control_groups"
external address_limit : unit -> int = "mirage_unix_address_limit"
external data_limit : unit -> int = "mirage_unix_data_limit"
external physical_memory : unit -> int = "mirage_unix_physical_memory"

(* From KiB; what does not fit is no limit. *)
let known kib = if kib < 0 || kib > max_int / 1024 then None else Some (kib * 1024)

(* No file of the kernel's tells its length. *)
let rec read_lines channel read =
  match input_line channel with
  | line -> read_lines channel (line :: read)
  | exception End_of_file -> List.rev read

let lines path =
  match open_in_bin path with
  | exception Sys_error _ -> []
  | channel ->
      Fun.protect
        ~finally:(fun () -> close_in_noerr channel)
        (fun () -> try read_lines channel [] with Sys_error _ -> [])

(* cgroups(7): "0::PATH" is that of version 2; a limit above it holds as well. *)
let cgroup_limits () =
  let rec up path limits =
    let file = Filename.concat ("/sys/fs/cgroup" ^ path) "memory.max" in
    let limits = List.filter_map int_of_string_opt (lines file) @ limits in
    if path = "/" || path = "" || path = "." then limits else up (Filename.dirname path) limits
  in
  let path line =
    if String.starts_with ~prefix:"0::" line then
      Some (String.sub line 3 (String.length line - 3))
    else None
  in
  List.concat_map
    (fun path -> up path [])
    (List.filter_map path (lines "/proc/self/cgroup"))

let octets () =
  let limits = List.map known [ address_limit (); data_limit (); physical_memory () ] in
  let groups = if has_control_groups () then cgroup_limits () else [] in
  match List.filter_map Fun.id limits @ groups with
  | [] -> None
  | first :: others -> Some (List.fold_left Int.min first others)
