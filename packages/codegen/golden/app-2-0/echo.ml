open V1_LWT
open Lwt

module Main (C : CONSOLE) (S : STACKV4) (E : ENTROPY) = struct
  module T = S.TCPV4

  let rec echo c flow =
    T.read flow >>= function
    | `Eof -> T.close flow
    | `Error _ -> C.log_s c "lost" >>= fun () -> T.close flow
    | `Ok data -> (
        T.write flow data >>= function
        | `Ok () -> echo c flow
        | `Eof | `Error _ -> T.close flow)

  let start c s e =
    S.listen_tcpv4 s ~port:7 (echo c);
    E.handler e (fun ~source:_ buffer -> ignore (Cstruct.len buffer)) >>= fun () ->
    C.write c (Cstruct.of_string "echo\n") >>= function
    | `Ok () -> S.listen s
    | `Eof | `Error _ -> return ()
end
