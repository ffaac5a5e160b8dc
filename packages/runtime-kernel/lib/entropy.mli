(* SPDX-License-Identifier: ISC *)

(** Random bytes from the processor's generator and from devices that have one, mixed with
    clocks by ChaCha20. *)

include V1_LWT.ENTROPY with type id = unit
