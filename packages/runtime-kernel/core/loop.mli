(* SPDX-License-Identifier: ISC *)

(** [run promise] runs timers, events and paused computations until [promise] is
    done, asleep while there is nothing to do; fails as it fails. *)
val run : 'a Lwt.t -> 'a
