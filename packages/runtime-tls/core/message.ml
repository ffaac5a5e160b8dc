(* SPDX-License-Identifier: ISC *)

type client_hello = {
  random : string;
  session_id : string;
  suites : int list;
  compressions : string;
  extensions : Extension.t list;
  legacy_version : int;
}

type server_hello = {
  random : string;
  session_id : string;
  suite : int;
  compression : int;
  extensions : Extension.t list;
  legacy_version : int;
}

type ticket = {
  lifetime : int32;
  age_add : int32;
  nonce : string;
  ticket : string;
}

type t =
  | Client_hello of client_hello
  | Server_hello of server_hello
  | Hello_retry_request of server_hello
  | Encrypted_extensions of Extension.t list
  | Certificate_request of { context : string; extensions : Extension.t list }
  | Certificate of { context : string; chain : string list }
  | Certificate_verify of { scheme : int; signature : string }
  | Finished of string
  | New_session_ticket of ticket
  | Key_update of { requested : bool }

let name = function
  | Client_hello _ -> "ClientHello"
  | Server_hello _ -> "ServerHello"
  | Hello_retry_request _ -> "HelloRetryRequest"
  | Encrypted_extensions _ -> "EncryptedExtensions"
  | Certificate_request _ -> "CertificateRequest"
  | Certificate _ -> "Certificate"
  | Certificate_verify _ -> "CertificateVerify"
  | Finished _ -> "Finished"
  | New_session_ticket _ -> "NewSessionTicket"
  | Key_update _ -> "KeyUpdate"

let max_length = 0x10000

(* SHA-256 of "HelloRetryRequest": RFC 8446, 4.1.3. *)
let retry_random =
  "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

(* A ClientHello of old may end without extensions. *)
let optional_extensions place d =
  if Decoder.is_empty d then []
  else Extension.read place (Decoder.vector16 d)

let client_hello d =
  let legacy_version = Decoder.u16 d in
  let random = Decoder.octets d 32 in
  let session_id = Decoder.vector8 ~max:32 d in
  let suites = Decoder.all (Decoder.vector16 ~min:2 d) Decoder.u16 in
  let compressions = Decoder.vector8 ~min:1 d in
  let extensions = optional_extensions In_client_hello d in
  Client_hello
    { random; session_id; suites; compressions; extensions; legacy_version }

let server_hello d =
  let legacy_version = Decoder.u16 d in
  let random = Decoder.octets d 32 in
  let session_id = Decoder.vector8 ~max:32 d in
  let suite = Decoder.u16 d in
  let compression = Decoder.u8 d in
  let retry = random = retry_random in
  let place =
    if retry then Extension.In_hello_retry_request else In_server_hello
  in
  (* Versions before TLS 1.3 allow other extensions here, and are refused by
     their version. *)
  let block = if Decoder.is_empty d then "" else Decoder.vector16 d in
  let extensions =
    match Extension.read place block with
    | extensions -> extensions
    | exception Alert.Fatal (Illegal_parameter, _)
      when not (List.mem_assoc Extension.supported_versions
                  (Decoder.all block (fun d ->
                       let n = Decoder.u16 d in
                       (n, Decoder.vector16 d)))) ->
        []
  in
  let hello =
    { random; session_id; suite; compression; extensions; legacy_version }
  in
  if retry then Hello_retry_request hello else Server_hello hello

let extensions place d = Extension.read place (Decoder.vector16 d)

let certificate d =
  let context = Decoder.vector8 d in
  let entry d =
    let der = Decoder.vector24 ~min:1 d in
    ignore (extensions In_certificate d);
    der
  in
  Certificate { context; chain = Decoder.all (Decoder.vector24 d) entry }

let new_session_ticket d =
  let lifetime = Decoder.u32 d in
  let age_add = Decoder.u32 d in
  let nonce = Decoder.vector8 d in
  let ticket = Decoder.vector16 ~min:1 d in
  ignore (extensions In_new_session_ticket d);
  New_session_ticket { lifetime; age_add; nonce; ticket }

let certificate_request d =
  let context = Decoder.vector8 d in
  Certificate_request
    { context; extensions = extensions In_certificate_request d }

let certificate_verify d =
  let scheme = Decoder.u16 d in
  Certificate_verify { scheme; signature = Decoder.vector16 d }

let key_update d =
  match Decoder.u8 d with
  | 0 -> Key_update { requested = false }
  | 1 -> Key_update { requested = true }
  | n -> Alert.fatal Illegal_parameter "a KeyUpdate of kind %d" n

let read raw =
  let body = String.sub raw 4 (String.length raw - 4) in
  let read_body =
    match raw.[0] with
    | '\001' -> client_hello
    | '\002' -> server_hello
    | '\004' -> new_session_ticket
    | '\008' -> fun d -> Encrypted_extensions (extensions In_encrypted_extensions d)
    | '\011' -> certificate
    | '\013' -> certificate_request
    | '\015' -> certificate_verify
    | '\020' -> fun d -> Finished (Decoder.octets d (String.length body))
    | '\024' -> key_update
    | c ->
        Alert.fatal Unexpected_message "a handshake message of type %d"
          (Char.code c)
  in
  Decoder.whole body read_body

let frame kind parts = Encoder.u8 kind ^ Encoder.vector24 parts

let write = function
  | Client_hello h ->
      frame 1
        [
          Encoder.u16 h.legacy_version;
          h.random;
          Encoder.vector8 [ h.session_id ];
          Encoder.vector16 (List.map Encoder.u16 h.suites);
          Encoder.vector8 [ h.compressions ];
          Extension.write h.extensions;
        ]
  | Server_hello h | Hello_retry_request h ->
      frame 2
        [
          Encoder.u16 h.legacy_version;
          h.random;
          Encoder.vector8 [ h.session_id ];
          Encoder.u16 h.suite;
          Encoder.u8 h.compression;
          Extension.write h.extensions;
        ]
  | New_session_ticket t ->
      frame 4
        [
          Encoder.u32 t.lifetime;
          Encoder.u32 t.age_add;
          Encoder.vector8 [ t.nonce ];
          Encoder.vector16 [ t.ticket ];
          Extension.write [];
        ]
  | Encrypted_extensions extensions -> frame 8 [ Extension.write extensions ]
  | Certificate { context; chain } ->
      let entry der = Encoder.vector24 [ der ] ^ Extension.write [] in
      frame 11
        [ Encoder.vector8 [ context ]; Encoder.vector24 (List.map entry chain) ]
  | Certificate_request { context; extensions } ->
      frame 13 [ Encoder.vector8 [ context ]; Extension.write extensions ]
  | Certificate_verify { scheme; signature } ->
      frame 15 [ Encoder.u16 scheme; Encoder.vector16 [ signature ] ]
  | Finished mac -> frame 20 [ mac ]
  | Key_update { requested } -> frame 24 [ Encoder.u8 (Bool.to_int requested) ]

let message_hash digest = frame 254 [ digest ]
