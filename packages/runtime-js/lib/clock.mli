(* SPDX-License-Identifier: ISC *)

(** The host's wall clock. *)

include V1_LWT.CLOCK
