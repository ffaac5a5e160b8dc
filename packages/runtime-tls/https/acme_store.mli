(* SPDX-License-Identifier: ISC *)

(** An ACME client's state on a block device of its own, in two places that are written in
    turn: a write that is cut off leaves what was there before. *)

open Mirage_runtime_tls_acme

module Make (B : V1_LWT.BLOCK) (P : V1_LWT.IO_PAGE) : sig
  type t

  (** [load device] is the store and what it holds, {!Acme_state.empty} if the device is
      blank. Fails with a sentence if the device is too small, cannot be written, or holds
      something else, which is left alone. *)
  val load : B.t -> (t * Acme_state.t, string) result Lwt.t

  (** Replaces what the store holds; or a sentence. *)
  val save : t -> Acme_state.t -> (unit, string) result Lwt.t
end
