(* SPDX-License-Identifier: ISC *)

let path = "/etc/resolv.conf"
let max_octets = 64 * 1024

let words line =
  String.map (function '\t' | '\r' -> ' ' | c -> c) line
  |> String.split_on_char ' '
  |> List.filter (fun word -> word <> "")

let add { Name_service.servers; domains } line =
  match words line with
  | "nameserver" :: server :: _ -> (
      match Ipaddr.of_string server with
      | Ok server -> { Name_service.servers = servers @ [ server ]; domains }
      | Error _ -> { servers; domains })
  | ("search" | "domain") :: domains -> { servers; domains }
  | _ -> { servers; domains }

let parse text =
  List.fold_left add Name_service.none (String.split_on_char '\n' text)

let read path =
  match open_in_bin path with
  | exception Sys_error _ -> Name_service.none
  | channel ->
      Fun.protect
        ~finally:(fun () -> close_in_noerr channel)
        (fun () ->
          match really_input_string channel (min max_octets (in_channel_length channel)) with
          | text -> parse text
          | exception (Sys_error _ | End_of_file) -> Name_service.none)
