(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

let page = Uri.of_string "https://example.org/"

module Main (C : V1_LWT.CONSOLE) (Client : Cohttp_lwt.S.Client) = struct
  let fetch client =
    Client.get ~ctx:client page >>= fun (response, body) ->
    Cohttp_lwt.Body.to_string body >|= fun text ->
    (Cohttp.Response.status response, text)

  let start console client =
    Lwt.try_bind
      (fun () -> fetch client)
      (fun (status, text) ->
        C.log_s console
          (Printf.sprintf "%s: %s, %d octets" (Uri.to_string page)
             (Cohttp.Code.string_of_status status)
             (String.length text)))
      (fun e -> C.log_s console (Printexc.to_string e))
end
