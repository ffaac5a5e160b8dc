(* SPDX-License-Identifier: ISC *)

(** What an authority refuses, in words: problem documents of RFC 7807 with the types of RFC
    8555, section 6.7. *)

type t = {
  kind : string;  (** the type without its namespace, such as ["badNonce"]; or [""] *)
  why : string;  (** a sentence *)
}

(** [of_body ~status body] reads the answer to a request that failed. *)
val of_body : status:int -> string -> t

(** [of_json json] reads the [error] of a challenge or of an order. *)
val of_json : Json.t -> t
