(* SPDX-License-Identifier: ISC *)

(** Signed requests: JSON Web Signature (RFC 7515) in its flattened JSON form, by ES256 (RFC
    7518, section 3.4), with the header that RFC 8555, section 6.2, asks for. *)

open Mirage_runtime_tls_core

(** An account's key, of P-256. *)
type key

val generate : Primitives.random -> key

(** The key as PEM (PKCS #8), and back; or a sentence. *)
val key_to_pem : key -> string

val key_of_pem : string -> (key, string) result

(** Who signs: the key itself while there is no account, or the account's URL. *)
type signer = Key | Account of string

(** [sign key signer ~nonce ~url payload] is the body of a POST to [url]. *)
val sign : key -> signer -> nonce:string -> url:string -> string -> string

(** The key's thumbprint (RFC 7638) by SHA-256, in base64url. *)
val thumbprint : key -> string
