(* SPDX-License-Identifier: ISC *)

(** The wall clock: the hypervisor's, or the one on the board. *)

include V1_LWT.CLOCK
