(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_tls_acme
open Mirage_runtime_http_core

let most_octets = 256 * 1024
let patience = 60.

module Make (Client : Cohttp_lwt.S.Client) (Time : V1_LWT.TIME) (Clock : V1.CLOCK) =
struct
  (* Seconds, or a date: RFC 9110, section 10.2.3. *)
  let retry_after headers =
    Option.bind (Cohttp.Header.get headers "retry-after") (fun text ->
        match int_of_string_opt text with
        | Some seconds when seconds >= 0 -> Some (Float.of_int seconds)
        | Some _ -> None
        | None ->
            let now = Clock.time () in
            Option.map
              (fun date -> Float.max 0. (date -. now))
              (Http_date.of_string ~now text))

  let text body =
    let buffer = Buffer.create 4096 in
    let pieces = Cohttp_lwt.Body.to_stream body in
    let rec rest () =
      Lwt_stream.get pieces >>= function
      | None -> Lwt.return (Ok (Buffer.contents buffer))
      | Some piece when Buffer.length buffer + String.length piece > most_octets ->
          Lwt.return (Error "the authority's answer is too large")
      | Some piece ->
          Buffer.add_string buffer piece;
          rest ()
    in
    rest ()

  let headers =
    Cohttp.Header.of_list
      [
        ("user-agent", "mirage (ACME)");
        ("content-type", "application/jose+json");
      ]

  let exchange ctx { Acme.meth; url; body } =
    let body =
      match meth with `POST -> Some (`String body) | `GET | `HEAD -> None
    in
    Client.call ~ctx ~headers ?body
      (meth :> Cohttp.Code.meth)
      (Uri.of_string url)
    >>= fun (response, body) ->
    let head = Cohttp.Response.headers response in
    let status = Cohttp.Code.code_of_status (Cohttp.Response.status response) in
    text body >|= Result.map (fun body ->
        {
          Acme.status;
          field = Cohttp.Header.get head;
          retry_after = retry_after head;
          body;
        })

  let late () =
    Time.sleep patience >|= fun () -> Error "the authority takes too long"

  let words = function
    | Http_client.Failed why -> why
    | Failure why -> why
    | e -> Printexc.to_string e

  let call ctx request =
    Lwt.catch
      (fun () -> Lwt.pick [ late (); exchange ctx request ])
      (fun e -> Lwt.return (Error (words e)))
end
