(* SPDX-License-Identifier: ISC *)

let run what work =
  Lwt.async (fun () ->
      Lwt.catch work (fun exn ->
          Printf.eprintf "%s: %s\n%!" what (Printexc.to_string exn);
          Lwt.return_unit))
