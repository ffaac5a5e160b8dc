(* SPDX-License-Identifier: ISC *)

(** [is_valid s] tells whether [s] is UTF-8: RFC 3629, section 4. *)
val is_valid : string -> bool
