(* SPDX-License-Identifier: ISC *)

(** Random bytes from the processor's generator (RDSEED, RDRAND), mixed with clocks
    by ChaCha20. *)

include V1_LWT.ENTROPY with type id = unit
