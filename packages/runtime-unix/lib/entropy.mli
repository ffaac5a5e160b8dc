(* SPDX-License-Identifier: ISC *)

(** Random bytes from the system: getrandom(2), or /dev/urandom where that is
    missing. *)

include V1_LWT.ENTROPY with type id = unit
