(* SPDX-License-Identifier: ISC *)

(** Page-aligned memory from malloc(3). *)

include V1_LWT.IO_PAGE
