(* SPDX-License-Identifier: ISC *)

(** How stacks connect what they consist of. *)

(** [or_fail what connected] is what was connected; it fails with [Failure] if it cannot be,
    in a sentence about [what]. *)
val or_fail : string -> [ `Ok of 'a | `Error of _ ] Lwt.t -> 'a Lwt.t

(** [result start] is what [start] yields, or why it fails. *)
val result :
  (unit -> 'a Lwt.t) -> [ `Ok of 'a | `Error of [> `Unknown of string ] ] Lwt.t
