open Lwt.Infix

let main () =
  OS.Console.log "in the background";
  let page = Io_page.to_cstruct (OS.Io_page.get 1) in
  let { OS.Clock.tm_year; _ } = OS.Clock.gmtime (OS.Clock.time ()) in
  OS.Console.log_s (Printf.sprintf "%d bytes, %d" (Cstruct.length page) tm_year) >>= fun () ->
  OS.Time.sleep 0.01 >>= fun () ->
  OS.Devices.find_kv_ro "static" >>= function
  | None -> OS.Console.log_s "no folder"
  | Some folder -> (
      folder#read "hello.txt" >>= function
      | None -> OS.Console.log_s "no file"
      | Some pieces ->
          Lwt_stream.to_list pieces >>= fun pieces ->
          OS.Console.log_s (Cstruct.copyv pieces))
