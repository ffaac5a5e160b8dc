(* SPDX-License-Identifier: ISC *)

module Aead = Primitives.Aead

type t = {
  suite : Suite.t;
  secret : string;
  key : Aead.key;
  iv : string;
  records : int;
}

let make suite secret =
  let key, iv = Key_schedule.traffic_keys suite secret in
  { suite; secret; key = Aead.key suite key; iv; records = 0 }

let suite t = t.suite
let records t = t.records

let update t =
  make t.suite (Key_schedule.next_secret (Suite.hash t.suite) t.secret)

(* The record's number, as 64 bits to the right, and the vector: RFC 8446, 5.3.
   [most_records] and {!Suite.record_limit} keep numbers below 2^30. *)
let nonce t =
  let nonce = Bytes.of_string t.iv in
  let tail = Bytes.get_int32_be nonce 8 in
  Bytes.set_int32_be nonce 8 (Int32.logxor tail (Int32.of_int t.records));
  Bytes.unsafe_to_string nonce

let next t = { t with records = t.records + 1 }

let seal t content_type data =
  let length = Cstruct.length data in
  let inner = Cstruct.create_unsafe (length + 1) in
  Cstruct.blit data 0 inner 0 length;
  Cstruct.set_uint8 inner length content_type;
  let header =
    "\023\003\003" ^ Encoder.u16 (length + 1 + Aead.tag_length)
  in
  let body = Aead.encrypt t.key ~nonce:(nonce t) ~adata:header inner in
  (next t, [ Cstruct.of_string header; body ])

let rec content_end inner at =
  if at < 0 then
    Alert.fatal Unexpected_message "a protected record without a type"
  else if Cstruct.get_uint8 inner at = 0 then content_end inner (at - 1)
  else at

let most_records = 0x3fffffff

let open_ t ~header body =
  if t.records = most_records then
    Alert.fatal Unexpected_message "more records than one key may protect";
  match Aead.decrypt t.key ~nonce:(nonce t) ~adata:header body with
  | None -> Alert.fatal Bad_record_mac "a record that cannot be decrypted"
  | Some inner ->
      let at = content_end inner (Cstruct.length inner - 1) in
      (next t, Cstruct.get_uint8 inner at, Cstruct.sub inner 0 at)
