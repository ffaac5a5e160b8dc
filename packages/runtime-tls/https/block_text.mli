(* SPDX-License-Identifier: ISC *)

(** A text on a block device of its own, such as certificates and keys: from the first
    sector on, up to a NUL or the end. *)

module Make (B : V1_LWT.BLOCK) (P : V1_LWT.IO_PAGE) : sig
  (** The text, or why there is none: the device fails, or is larger than 64 KiB. *)
  val read : B.t -> (string, string) result Lwt.t
end
