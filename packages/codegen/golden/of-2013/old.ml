open Lwt
open OS

let main () =
  Console.log "in the background";
  let page = Io_page.to_cstruct (OS.Io_page.get 1) in
  let { OS.Clock.tm_year; _ } = OS.Clock.gmtime (OS.Clock.time ()) in
  Console.log_s (Printf.sprintf "%d bytes, %d" (Cstruct.length page) tm_year) >>
  OS.Time.sleep 0.01 >>
  lwt folder = OS.Devices.find_kv_ro "static" in
  match folder with
  | None -> Console.log_s "no folder"
  | Some folder ->
    folder#iter_s Console.log_s >>
    match_lwt folder#read "hello.txt" with
    | None -> Console.log_s "no file"
    | Some pieces ->
      lwt pieces = Lwt_stream.to_list pieces in
      for_lwt i = 1 to 2 do
        Console.log_s (Printf.sprintf "%d %s" i (Cstruct.copyv pieces))
      done
