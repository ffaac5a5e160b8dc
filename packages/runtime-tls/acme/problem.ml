(* SPDX-License-Identifier: ISC *)

type t = { kind : string; why : string }

let namespace = "urn:ietf:params:acme:error:"

let meaning = function
  | "accountDoesNotExist" -> "it does not know the account"
  | "badCSR" -> "it refuses the certificate request"
  | "badNonce" -> "it refuses the nonce"
  | "caa" -> "CAA records of the domain forbid it"
  | "connection" -> "it cannot connect to this server"
  | "dns" -> "it cannot look up the domain"
  | "externalAccountRequired" ->
      "it wants an account of its own (external account binding), which there is not here"
  | "incorrectResponse" -> "this server's answer to the challenge is not what it expects"
  | "invalidContact" | "unsupportedContact" -> "it does not accept the contact"
  | "malformed" -> "it does not understand the request"
  | "orderNotReady" -> "the order is not ready"
  | "rateLimited" -> "it had too many requests"
  | "rejectedIdentifier" -> "it gives no certificates for the domain"
  | "serverInternal" -> "it failed"
  | "tls" -> "it cannot speak TLS with this server"
  | "unauthorized" -> "it refuses authorization"
  | "unsupportedIdentifier" -> "it knows no names of this kind"
  | "userActionRequired" -> "somebody has to act: see its web site"
  | _ -> "it refuses"

let most_detail = 300

(* Somebody else's words, on one line of the log. *)
let readable text =
  let text = String.map (fun c -> if c < ' ' || c = '\127' then ' ' else c) text in
  if String.length text <= most_detail then text
  else String.sub text 0 most_detail ^ "..."

let kind_of json =
  let uri = Option.value (Json.text "type" json) ~default:"" in
  let start = String.length namespace in
  if String.length uri > start && String.sub uri 0 start = namespace then
    readable (String.sub uri start (String.length uri - start))
  else ""

let rec of_json json =
  let kind = kind_of json in
  let detail =
    match Json.text "detail" json with
    | Some text -> ": " ^ readable text
    | None -> ""
  in
  let name sub =
    match Option.bind (Json.member "identifier" sub) (Json.text "value") with
    | Some name -> readable name ^ ": "
    | None -> ""
  in
  let parts = List.map (fun sub -> name sub ^ (of_json sub).why) in
  let subproblems = parts (Json.items "subproblems" json) in
  let label = if kind = "" then "" else " (" ^ kind ^ ")" in
  let why = meaning kind ^ detail ^ label in
  { kind; why = String.concat "; " (why :: subproblems) }

let of_body ~status body =
  match Json.of_string body with
  | Ok (Object _ as json) -> of_json json
  | Ok _ | Error _ ->
      { kind = ""; why = Printf.sprintf "it answers with status %d" status }
