open Lwt.Infix

module Main (C : V1_LWT.CONSOLE) (Client : Cohttp_lwt.S.Client) = struct
  let start console client =
    Client.get ~ctx:client (Uri.of_string "http://www/") >>= fun (_, body) ->
    Cohttp_lwt.Body.to_string body >>= C.log_s console
end
