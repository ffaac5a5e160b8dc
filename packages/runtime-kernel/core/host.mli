(* SPDX-License-Identifier: ISC *)

(** Between the program and who runs the machine. *)

(** What may be asked of the program. *)
type request = [ `Poweroff | `Reboot ]

(** {2 For a bus} *)

(** [add_listener start]: [start obey] is called once when the main loop starts, and [obey]
    may be called from then on. *)
val add_listener : ((request -> unit) -> unit) -> unit

(** [add_reporter report]: [report line] passes a line of {!val:report} on. *)
val add_reporter : (string -> unit) -> unit

(** {2 For [OS]} *)

val on_request : (request -> unit) -> unit
val report : string -> unit
