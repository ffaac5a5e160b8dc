(* SPDX-License-Identifier: ISC *)

type coding = Gzip | Brotli

let of_name = function
  | "gzip" -> Some Gzip
  | "br" -> Some Brotli
  | _ -> None

let name = function Gzip -> "gzip" | Brotli -> "br"

(* Neither writes a time or a name: the same input gives the same octets. *)
let command = function
  | Gzip -> [| "gzip"; "-9"; "-n"; "-c" |]
  | Brotli -> [| "brotli"; "-q"; "11"; "-c" |]

let with_file path flags f =
  let fd = Unix.openfile path (Unix.O_CLOEXEC :: flags) 0o666 in
  Fun.protect ~finally:(fun () -> Unix.close fd) (fun () -> f fd)

let rec wait pid =
  try snd (Unix.waitpid [] pid)
  with Unix.Unix_error (EINTR, _, _) -> wait pid

let missing program =
  Problem.failf "%s is not installed; on Debian: apt-get install %s" program program

let run arguments ~input ~output =
  let program = arguments.(0) in
  let pid =
    with_file input [ O_RDONLY ] (fun input ->
        with_file output [ O_WRONLY; O_CREAT; O_TRUNC ] (fun output ->
            try Unix.create_process program arguments input output Unix.stderr
            with Unix.Unix_error (ENOENT, _, _) -> missing program))
  in
  match wait pid with
  | WEXITED 0 -> ()
  | WEXITED 127 -> missing program
  | WEXITED _ | WSIGNALED _ | WSTOPPED _ ->
      Problem.failf "%s: %s failed" input program

let make coding target path =
  let temporary = Printf.sprintf "%s.%d.tmp" target (Unix.getpid ()) in
  Problem.on_path path (fun () ->
      try
        run (command coding) ~input:path ~output:temporary;
        Unix.rename temporary target
      with error ->
        (try Unix.unlink temporary with Unix.Unix_error _ -> ());
        raise error)

let compress coding ~cache ~digest path =
  let target = Filename.concat cache (digest ^ "." ^ name coding) in
  if not (Sys.file_exists target) then begin
    Output.make_folder cache;
    make coding target path
  end;
  (target, Problem.on_path target (fun () -> (Unix.stat target).st_size))

let keep ~cache paths =
  match Sys.readdir cache with
  | exception Sys_error _ -> ()
  | names ->
      let remove name =
        let path = Filename.concat cache name in
        if not (List.mem path paths) then
          Problem.on_path path (fun () -> Unix.unlink path)
      in
      Array.iter remove names;
      if paths = [] then Problem.on_path cache (fun () -> Unix.rmdir cache)
