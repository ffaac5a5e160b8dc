open Lwt.Infix

module Main
    (C : V1_LWT.CONSOLE)
    (Client : Cohttp_lwt.S.Client)
    (Resolver : V1_LWT.RESOLVER) =
struct
  let start console client resolver =
    Resolver.addresses resolver "www" >>= function
    | `Error _ -> C.log_s console "no address"
    | `Ok _ ->
        Client.get ~ctx:client (Uri.of_string "https://www/") >>= fun (_, body) ->
        Cohttp_lwt.Body.to_string body >>= C.log_s console
end
