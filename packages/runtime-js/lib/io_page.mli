(* SPDX-License-Identifier: ISC *)

(** Pages in the memory of the JavaScript host. There, memory has no address, so each page is
    the start of a buffer of its own, or of one that was cut into pages. *)

include V1_LWT.IO_PAGE
