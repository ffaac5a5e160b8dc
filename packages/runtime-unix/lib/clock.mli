(* SPDX-License-Identifier: ISC *)

(** The system's wall clock. *)

include V1_LWT.CLOCK
