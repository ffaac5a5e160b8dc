(* SPDX-License-Identifier: ISC *)

(** The machine's devices of one kind, whichever bus they are on. *)

type 'a t

type 'a device = {
  key : string;  (** tells it from all others of its bus, and people know it by that *)
  answers_to : string -> bool;  (** see {!Names} *)
  open_device : unit -> ('a, string) result Lwt.t;
      (** The error is in words; [Failure] is one as well. *)
}

type 'a bus = {
  name : string;
  is_here : unit -> bool;
  find : unit -> 'a device list Lwt.t;  (** in an order that stays *)
  advice : string;  (** how the machine's owner adds such a device *)
}

(** [create ~what ~default ~variable ()] is for devices called [what] in messages; see
    {!Names.create}. *)
val create : what:string -> ?default:string -> variable:string -> unit -> 'a t

(** For a driver, when the program starts. *)
val add_bus : 'a t -> 'a bus -> unit

(** [open_device t name] is the device that [name] means; the error is in words. *)
val open_device : 'a t -> string -> ('a, string) result Lwt.t

(** [forget t name]: the device of that name is gone, and the name may mean another one. *)
val forget : 'a t -> string -> unit

(** For a bus: what {!open_device} would find is no longer the same. *)
val changed : 'a t -> unit

(** Returns at the next {!changed}. *)
val next_change : 'a t -> unit Lwt.t

(** [set_aside t id]: the device that [id] has got is not for names that do not mean it, and
    [id] gets the next one; [false] if [id] does mean it. See {!Names.set_aside}. *)
val set_aside : 'a t -> string -> bool Lwt.t
