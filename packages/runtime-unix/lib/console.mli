(* SPDX-License-Identifier: ISC *)

(** The process's standard output. Whatever its [id], there is only this one.

    Writers wait while a pipe or terminal is full, in the order of their calls,
    without holding up the rest of the program; {!log} then queues up to 1 MiB
    and drops what comes on top. Once standard output is closed, everything is
    dropped. *)

include V1_LWT.CONSOLE with type id = string
