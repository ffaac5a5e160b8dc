(* SPDX-License-Identifier: ISC *)

type request = [ `Poweroff | `Reboot ]

let listeners : ((request -> unit) -> unit) list ref = ref []
let add_listener start = listeners := start :: !listeners
let on_request obey = List.iter (fun start -> start obey) !listeners
let reporters : (string -> unit) list ref = ref []
let add_reporter report = reporters := report :: !reporters
let report line = List.iter (fun report -> report line) !reporters

let () =
  add_reporter Kernel.report;
  add_listener (fun obey ->
      Source.add (fun () ->
          let asked = Kernel.asked_to_stop () in
          if asked then obey `Poweroff;
          asked))
