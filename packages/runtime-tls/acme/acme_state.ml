(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_tls_core

type certificate = { chain : string; key : string }
type t = { account : Acme.account option; certificate : certificate option }

let empty = { account = None; certificate = None }

let json_of_account { Acme.directory; key; url } =
  Json.Object
    ([
       ("directory", Json.String directory);
       ("key", String (Jws.key_to_pem key));
     ]
    @ match url with Some url -> [ ("url", Json.String url) ] | None -> [])

let json_of_certificate { chain; key } =
  Json.Object [ ("chain", String chain); ("key", String key) ]

let to_string { account; certificate } =
  let member name write = function
    | Some value -> [ (name, write value) ]
    | None -> []
  in
  Json.to_string
    (Object
       (member "account" json_of_account account
       @ member "certificate" json_of_certificate certificate))

let ( let* ) = Result.bind

let needed name json =
  Option.to_result (Json.text name json) ~none:("it has no " ^ name)

let account json =
  let* directory = needed "directory" json in
  let* pem = needed "key" json in
  let* key = Jws.key_of_pem pem in
  Ok { Acme.directory; key; url = Json.text "url" json }

let certificate json =
  let* chain = needed "chain" json in
  let* key = needed "key" json in
  Ok { chain; key }

let optional name read json =
  match Json.member name json with
  | Some json -> Result.map Option.some (read json)
  | None -> Ok None

let of_string text =
  let* json = Json.of_string text in
  let* account = optional "account" account json in
  let* certificate = optional "certificate" certificate json in
  Ok { account; certificate }

let magic = "mirage-acme 1 "

let hexadecimal octets =
  String.concat ""
    (List.map
       (fun c -> Printf.sprintf "%02x" (Char.code c))
       (List.of_seq (String.to_seq octets)))

let header ~sequence text =
  Printf.sprintf "%s%d %d %s\n" magic sequence (String.length text)
    (hexadecimal (Primitives.Hash.digest `SHA256 text))

let slot ~sequence text = header ~sequence text ^ text

type content = Blank | Torn | Foreign | Slot of int * string

let whole place =
  match String.index_opt place '\n' with
  | None -> None
  | Some newline -> (
      let line = String.sub place 0 newline in
      match String.split_on_char ' ' line with
      | [ _; _; sequence; length; _ ] -> (
          match (int_of_string_opt sequence, int_of_string_opt length) with
          | Some sequence, Some length
            when length >= 0 && length <= String.length place - newline - 1 ->
              let text = String.sub place (newline + 1) length in
              if header ~sequence text = line ^ "\n" then
                Some (Slot (sequence, text))
              else None
          | _ -> None)
      | _ -> None)

let content place =
  let length = String.length magic in
  if String.length place >= length && String.sub place 0 length = magic then
    Option.value (whole place) ~default:Torn
  else if String.for_all (fun c -> c = '\000') place then Blank
  else Foreign
