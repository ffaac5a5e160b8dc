(* SPDX-License-Identifier: ISC *)

(** A program's buffers, cut for a device that is given pages. *)

(** Octets in a page. *)
val page_size : int

(** What goes into one page, the last one perhaps not full: [length] octets of [buffers]. *)
type page = { length : int; buffers : Cstruct.t list }

(** [requests ~most buffers] is what to transfer one request after the other, each of at most
    [most] pages. *)
val requests : most:int -> Cstruct.t list -> page list list

(** [copy_in page memory] copies a page's buffers to [memory]; [copy_out memory page] back. *)
val copy_in : page -> Cstruct.t -> unit

val copy_out : Cstruct.t -> page -> unit
