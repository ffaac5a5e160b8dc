(* SPDX-License-Identifier: ISC *)

(** Page-aligned memory, left to the garbage collector. *)

include V1_LWT.IO_PAGE
