(* SPDX-License-Identifier: ISC *)

module Hash = Primitives.Hash

type t = Raw of string | Hashed of Suite.hash * Hash.t

let empty = Raw ""

let add t message =
  match t with
  | Raw sofar -> Raw (sofar ^ message)
  | Hashed (hash, running) -> Hashed (hash, Hash.feed running message)

let choose t hash =
  match t with
  | Raw sofar -> Hashed (hash, Hash.feed (Hash.empty hash) sofar)
  | Hashed _ -> t

let hash ?(partial = "") t =
  match t with
  | Hashed (_, running) -> Hash.get (Hash.feed running partial)
  | Raw _ -> invalid_arg "Transcript.hash"

let after_retry = function
  | Hashed (hash, running) ->
      let first = Message.message_hash (Hash.get running) in
      Hashed (hash, Hash.feed (Hash.empty hash) first)
  | Raw _ -> invalid_arg "Transcript.after_retry"

type side = Client | Server

let to_be_signed side t =
  let side = match side with Client -> "client" | Server -> "server" in
  Printf.sprintf "%sTLS 1.3, %s CertificateVerify\000%s" (String.make 64 ' ')
    side (hash t)
