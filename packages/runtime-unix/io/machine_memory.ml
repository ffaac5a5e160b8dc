(* SPDX-License-Identifier: ISC *)

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

let words line =
  String.split_on_char ' ' (String.trim line) |> List.filter (fun word -> word <> "")

(* proc_pid_limits(5): name, soft and hard limit, unit. *)
let rlimits () =
  let limit line =
    match List.rev (words line) with
    | "bytes" :: _hard :: soft :: _ -> int_of_string_opt soft
    | _ -> None
  in
  let is_ours line =
    List.exists
      (fun prefix -> String.starts_with ~prefix line)
      [ "Max address space"; "Max data size" ]
  in
  List.filter_map limit (List.filter is_ours (lines "/proc/self/limits"))

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

(* proc_meminfo(5): kibibytes. *)
let physical () =
  let total line =
    match words line with
    | [ "MemTotal:"; kib; "kB" ] -> Option.map (fun n -> n * 1024) (int_of_string_opt kib)
    | _ -> None
  in
  List.filter_map total (lines "/proc/meminfo")

let octets () =
  match rlimits () @ cgroup_limits () @ physical () with
  | [] -> None
  | first :: others -> Some (List.fold_left Int.min first others)
