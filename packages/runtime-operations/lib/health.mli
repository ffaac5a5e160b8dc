(* SPDX-License-Identifier: ISC *)

(** Whether a program does its work, as whoever operates it asks it ({!Control}: [health]). A
    program without a check is healthy as long as it answers. *)

(** [set_check check]: [check tell] has [tell None] called if all is well, or [tell (Some why)]
    with a reason in words; soon, and once. It takes the place of an earlier check. *)
val set_check : ((string option -> unit) -> unit) -> unit

(** [ask tell] is the check. *)
val ask : (string option -> unit) -> unit
