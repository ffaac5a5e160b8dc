(* SPDX-License-Identifier: ISC *)

type request = { meth : [ `GET | `HEAD | `POST ]; url : string; body : string }

type response = {
  status : int;
  field : string -> string option;
  retry_after : float option;
  body : string;
}

type challenge = Http_01 | Tls_alpn_01
type answer = { domain : string; token : string; key_authorization : string }
type failure = { why : string; retry_after : float option }
type account = { directory : string; key : Jws.key; url : string option }

type step =
  | Request of request * (response -> step)
  | Wait of float * (unit -> step)
  | Prove of answer * (unit -> step)
  | Keep of account * (unit -> step)
  | Tell of string * (unit -> step)
  | Done of string
  | Failed of failure

type order = {
  domains : string list;
  contacts : string list;
  challenge : challenge;
  request : string;
}

(* What follows is written as functions that are given what comes after them. *)
let ( let@ ) f next = f next
let failed ?retry_after fmt =
  Printf.ksprintf (fun why -> Failed { why; retry_after }) fmt

(* {1 What the authority says} *)

let read (response : response) next =
  match Json.of_string response.body with
  | Ok json -> next json
  | Error why -> failed "the authority's answer is %s" why

(* RFC 8555, section 6.1. *)
let is_https url = String.length url > 8 && String.sub url 0 8 = "https://"

let url_of what found next =
  match found with
  | Some url when is_https url -> next url
  | Some _ -> failed "the authority's URL of %s does not start with https://" what
  | None -> failed "the authority names no URL of %s" what

let member_url name json = url_of name (Json.text name json)

(* Tokens and nonces are base64url: RFC 8555, sections 6.5.1 and 8. *)
let is_base64url text =
  text <> ""
  && String.for_all
       (function
         | 'A' .. 'Z' | 'a' .. 'z' | '0' .. '9' | '-' | '_' -> true | _ -> false)
       text

type directory = {
  new_nonce : string;
  new_account : string;
  new_order : string;
  terms : string option;
}

let directory account next =
  Request
    ( { meth = `GET; url = account.directory; body = "" },
      fun response ->
        if response.status <> 200 then
          failed ?retry_after:response.retry_after
            "the authority's directory: it answers with status %d" response.status
        else
          let@ json = read response in
          let@ new_nonce = member_url "newNonce" json in
          let@ new_account = member_url "newAccount" json in
          let@ new_order = member_url "newOrder" json in
          let meta = Json.member "meta" json in
          let terms = Option.bind meta (Json.text "termsOfService") in
          next { new_nonce; new_account; new_order; terms } )

(* {1 Requests} *)

type session = {
  account : account;
  directory : directory;
  nonce : string option;  (** that the latest answer brought *)
}

let nonce_of (response : response) =
  match response.field "replay-nonce" with
  | Some nonce when is_base64url nonce -> Some nonce
  | Some _ | None -> None

let with_nonce session next =
  match session.nonce with
  | Some nonce -> next nonce
  | None ->
      Request
        ( { meth = `HEAD; url = session.directory.new_nonce; body = "" },
          fun response ->
            match nonce_of response with
            | Some nonce -> next nonce
            | None ->
                failed ?retry_after:response.retry_after
                  "the authority gives no nonce" )

(* How often a request is repeated because its nonce is too old (RFC 8555, section 6.5). *)
let most_bad_nonces = 5

let rec try_post tries session signer url payload next =
  let@ nonce = with_nonce session in
  let body = Jws.sign session.account.key signer ~nonce ~url payload in
  Request
    ( { meth = `POST; url; body },
      fun response ->
        let session = { session with nonce = nonce_of response } in
        if response.status >= 200 && response.status < 300 then
          next (session, response, Ok ())
        else
          match Problem.of_body ~status:response.status response.body with
          | { kind = "badNonce"; _ } when tries > 0 ->
              try_post (tries - 1) session signer url payload next
          | problem -> next (session, response, Error problem) )

let refused what (response : response) (problem : Problem.t) =
  failed ?retry_after:response.retry_after "%s: %s" what problem.why

(* A POST that has to succeed; [what] names it. *)
let post what session signer url payload next =
  let@ session, response, outcome =
    try_post most_bad_nonces session signer url payload
  in
  match outcome with
  | Ok () -> next (session, response)
  | Error problem -> refused what response problem

let signer session =
  match session.account.url with Some url -> Jws.Account url | None -> Key

(* RFC 8555, section 6.3. *)
let get what session url = post what session (signer session) url ""

(* {1 What takes the authority a while} *)

let most_polls = 30
let longest_wait = 60.

let wait (response : response) polls next =
  let usual = Float.min 10. (Float.of_int (1 + polls)) in
  let seconds = Option.value response.retry_after ~default:usual in
  Wait (Float.max 1. (Float.min longest_wait seconds), next)

(* [until what session url statuses] is the resource once its status is none of [statuses]. *)
let until what session url statuses next =
  let rec poll polls session =
    let@ session, response = get what session url in
    let@ json = read response in
    match Json.text "status" json with
    | Some status when List.mem status statuses ->
        if polls = most_polls then
          failed ?retry_after:response.retry_after
            "%s: the authority does not come to an end" what
        else wait response polls (fun () -> poll (polls + 1) session)
    | Some status -> next (session, json, status)
    | None -> failed "%s: the authority's answer has no status" what
  in
  poll 0 session

let error_of json =
  match Json.member "error" json with
  | Some error -> (Problem.of_json error).why
  | None -> "the authority does not say why"

(* {1 The account} *)

let register session order next =
  let account = { session.account with url = None } in
  let session = { session with account } in
  let payload =
    Json.Object
      (("termsOfServiceAgreed", Json.Bool true)
      ::
      (match order.contacts with
      | [] -> []
      | contacts ->
          [ ("contact", List (List.map (fun c -> Json.String c) contacts)) ]))
  in
  let@ session, response =
    post "the account" session Key session.directory.new_account
      (Json.to_string payload)
  in
  let@ url = url_of "the account" (response.field "location") in
  let account = { account with url = Some url } in
  Keep (account, fun () -> next { session with account })

let told_terms session order next =
  let@ session = register session order in
  let sentence =
    match session.directory.terms with
    | Some terms -> "an account was made, under the terms of " ^ terms
    | None -> "an account was made"
  in
  Tell (sentence, fun () -> next session)

(* {1 Authorizations} *)

let name_of = function Http_01 -> "http-01" | Tls_alpn_01 -> "tls-alpn-01"

let find_challenge challenge authorization =
  List.find_opt
    (fun json -> Json.text "type" json = Some (name_of challenge))
    (Json.items "challenges" authorization)

let failed_challenge domain authorization =
  let errors =
    List.filter_map
      (fun challenge -> Option.map Problem.of_json (Json.member "error" challenge))
      (Json.items "challenges" authorization)
  in
  match errors with
  | [] -> failed "%s: the authority refuses authorization and does not say why" domain
  | errors ->
      failed "%s: %s" domain
        (String.concat "; " (List.map (fun (e : Problem.t) -> e.why) errors))

let prove session order domain url authorization next =
  match find_challenge order.challenge authorization with
  | None ->
      failed "%s: the authority offers no challenge %s" domain
        (name_of order.challenge)
  | Some challenge -> (
      let@ challenge_url = member_url "url" challenge in
      match Json.text "token" challenge with
      | Some token when is_base64url token ->
          let thumbprint = Jws.thumbprint session.account.key in
          let key_authorization = token ^ "." ^ thumbprint in
          Prove
            ( { domain; token; key_authorization },
              fun () ->
                let@ session, _ =
                  post domain session (signer session) challenge_url "{}"
                in
                let@ session, authorization, status =
                  until domain session url [ "pending" ]
                in
                if status = "valid" then next session
                else failed_challenge domain authorization )
      | Some _ | None -> failed "%s: the authority's token is malformed" domain)

let authorize order session url next =
  let@ session, response = get "an authorization" session url in
  let@ authorization = read response in
  match
    ( Json.text "status" authorization,
      Option.bind (Json.member "identifier" authorization) (Json.text "value") )
  with
  | Some "valid", _ -> next session
  | Some "pending", Some domain when List.mem domain order.domains ->
      prove session order domain url authorization next
  | Some "pending", _ ->
      failed "the authority wants a domain authorized that nobody ordered"
  | _ -> failed "an authorization is refused: %s" (error_of authorization)

let rec authorize_all order session urls next =
  match urls with
  | [] -> next session
  | url :: rest ->
      let@ session = authorize order session url in
      authorize_all order session rest next

let rec urls what found next =
  match found with
  | [] -> next []
  | Json.String url :: rest ->
      let@ url = url_of what (Some url) in
      let@ rest = urls what rest in
      next (url :: rest)
  | _ -> failed "the authority's URL of %s is none" what

(* {1 The order} *)

let identifiers order =
  let identifier domain =
    Json.Object [ ("type", String "dns"); ("value", String domain) ]
  in
  Json.to_string
    (Object [ ("identifiers", List (List.map identifier order.domains)) ])

(* An account that the authority has forgotten is made again, once. *)
let new_order session order next =
  let url = session.directory.new_order in
  let@ session, response, outcome =
    try_post most_bad_nonces session (signer session) url (identifiers order)
  in
  match outcome with
  | Ok () -> next (session, response)
  | Error { kind = "accountDoesNotExist"; _ } ->
      let@ session = told_terms session order in
      post "the order" session (signer session) url (identifiers order) next
  | Error problem -> refused "the order" response problem

let download session url =
  let@ _, response = get "the certificate" session url in
  Done response.body

let finalize session order order_url ready =
  let@ url = member_url "finalize" ready in
  let payload =
    Json.Object [ ("csr", String (Base64url.encode order.request)) ]
  in
  let@ session, _ =
    post "the order" session (signer session) url (Json.to_string payload)
  in
  let@ session, json, status =
    until "the order" session order_url [ "ready"; "processing" ]
  in
  if status <> "valid" then failed "the order is %s: %s" status (error_of json)
  else
    let@ url = member_url "certificate" json in
    download session url

let obtain account order =
  let@ directory = directory account in
  let session = { account; directory; nonce = None } in
  let@ session =
    match account.url with
    | Some _ -> fun next -> next session
    | None -> told_terms session order
  in
  let@ session, response = new_order session order in
  let@ order_url = url_of "the order" (response.field "location") in
  let@ json = read response in
  let@ authorizations =
    urls "an authorization" (Json.items "authorizations" json)
  in
  let@ session = authorize_all order session authorizations in
  let@ session, json, status =
    until "the order" session order_url [ "pending" ]
  in
  match (status, Json.text "certificate" json) with
  | "ready", _ -> finalize session order order_url json
  | _ -> failed "the order is %s: %s" status (error_of json)
