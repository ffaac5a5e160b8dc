(* SPDX-License-Identifier: ISC *)

(** The machine's console. Whatever its [id], there is only this one.

    Writers wait while nobody has read what came before, in the order of their
    calls, without holding up the rest of the program; {!log} then queues up to
    1 MiB and drops what comes on top. Standard output and standard error go to the
    same console, but hold up the whole program; standard input reads from it. *)

include V1_LWT.CONSOLE with type id = string
