(* SPDX-License-Identifier: ISC *)

module Aead = Primitives.Aead

(* [name] stands in the open at the head of what the key sealed. *)
type key = { name : string; aead : Aead.key; since : Ptime.t }
type keys = { mutable current : key option; mutable previous : key option }

let lifetime = 12 * 3600
let keys () = { current = None; previous = None }

type content = {
  suite : Suite.t;
  key : string;
  issued : Ptime.t;
  server_name : string option;
}

(* A clock that was set back makes the age negative, which is as wrong as too old. *)
let good_since ~now since =
  match Ptime.Span.to_int_s (Ptime.diff now since) with
  | Some age -> age >= 0 && age < lifetime
  | None -> false

let current keys random ~now =
  match keys.current with
  | Some key when good_since ~now key.since -> key
  | old ->
      let key =
        {
          name = random 8;
          aead = Aead.key Aes_256_gcm_sha384 (random 32);
          since = now;
        }
      in
      keys.previous <- old;
      keys.current <- Some key;
      key

(* Seconds since 1970 in 64 bits. *)
let encode_time time =
  let b = Bytes.create 8 in
  Bytes.set_int64_be b 0 (Int64.of_float (Ptime.to_float_s time));
  Bytes.unsafe_to_string b

let decode_time octets =
  Ptime.of_float_s (Int64.to_float (String.get_int64_be octets 0))

let encode content =
  String.concat ""
    [
      Encoder.u16 (Suite.to_int content.suite);
      Encoder.vector8 [ content.key ];
      encode_time content.issued;
      Encoder.vector16 [ Option.value content.server_name ~default:"" ];
    ]

let decode octets =
  Decoder.whole octets (fun d ->
      let suite = Suite.of_int (Decoder.u16 d) in
      let key = Decoder.vector8 d in
      let issued = decode_time (Decoder.octets d 8) in
      let name = Decoder.vector16 d in
      match (suite, issued) with
      | Some suite, Some issued ->
          let server_name = if name = "" then None else Some name in
          Some { suite; key; issued; server_name }
      | _ -> None)

let seal keys random ~now content =
  let key = current keys random ~now in
  let nonce = random 12 in
  let sealed =
    Aead.encrypt key.aead ~nonce ~adata:key.name
      (Cstruct.of_string (encode content))
  in
  key.name ^ nonce ^ Cstruct.to_string sealed

let unseal keys ~now ticket =
  let candidates = List.filter_map Fun.id [ keys.current; keys.previous ] in
  let opened key =
    if String.length ticket < 20 || String.sub ticket 0 8 <> key.name then None
    else
      Aead.decrypt key.aead ~nonce:(String.sub ticket 8 12) ~adata:key.name
        (Cstruct.of_string ~off:20 ticket)
  in
  match List.find_map opened candidates with
  | None -> None
  | Some octets -> (
      match decode (Cstruct.to_string octets) with
      | Some content when good_since ~now content.issued -> Some content
      | _ -> None)
