(* SPDX-License-Identifier: ISC *)

(** Random bytes from the host: [crypto.getRandomValues] of the Web Cryptography API. *)

include V1_LWT.ENTROPY with type id = unit
