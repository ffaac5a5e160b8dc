(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core

(* docs/misc/xenstore-paths.pandoc of Xen *)
let request = "control/shutdown"

(* A request is acknowledged by clearing it. One that is not, such as to suspend, is
   withdrawn after a while, with a message that says so. *)
let check_request obey =
  let acknowledge action = Store.write request "" >|= fun () -> obey action in
  Store.read_opt request >>= function
  | None | Some "" -> Lwt.return_unit
  | Some ("poweroff" | "halt") -> acknowledge `Poweroff
  | Some "reboot" -> acknowledge `Reboot
  | Some other ->
      Report.line ("request to " ^ other ^ " refused: not supported");
      Lwt.return_unit

let watch_requests obey =
  let write (feature, value) = Store.write ("control/feature-" ^ feature) value in
  Lwt_list.iter_s write [ ("poweroff", "1"); ("reboot", "1"); ("suspend", "0") ]
  >>= fun () ->
  Store.watch request (fun () -> Report.guard request (fun () -> check_request obey))
  >|= ignore

let listen obey =
  if Store.is_available () then Report.guard request (fun () -> watch_requests obey)

let count = ref 0

let report line =
  if Store.is_available () then begin
    incr count;
    let path = "data/mirage/" ^ string_of_int !count in
    Lwt.async (fun () ->
        Lwt.catch (fun () -> Store.write path line) (fun _ -> Lwt.return_unit))
  end

let () =
  Host.add_listener listen;
  Host.add_reporter report
