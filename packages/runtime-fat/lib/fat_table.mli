(* SPDX-License-Identifier: ISC *)

(** The file allocation table: which cluster follows which. Changes stay in memory
    until {!flush}. *)

type 'e t

(** The table on a device, with the count of free clusters if the file system has
    one that can be believed. *)
val load : 'e Fat_device.t -> Fat_geometry.t -> ('e t, 'e) Fat_device.outcome

(** [next t cluster] is the cluster after [cluster], if it is not the last. Anything
    but a cluster or an end is an error: the file system is damaged. *)
val next : 'e t -> int -> (int option, 'e) Fat_device.outcome

(** [last t ~most first] is the last cluster of a chain and the number of its
    clusters; more than [most] are an error. *)
val last : 'e t -> most:int -> int -> (int * int, 'e) Fat_device.outcome

(** [runs t ~first ~offset ~length] is where a part of a chain's octets lies: offset
    and length of stretches of the device, of moderate length each. A chain that
    ends before is an error. *)
val runs :
  'e t ->
  first:int ->
  offset:int ->
  length:int ->
  ((int * int) list, 'e) Fat_device.outcome

(** [extend t ~after count] appends [count] > 0 free clusters to the chain that ends
    with the cluster [after], or makes a new chain, and returns the first of them.
    [`No_space] if there are not as many. *)
val extend :
  'e t -> after:int option -> int -> (int, 'e) Fat_device.outcome

(** [free t first] gives back the clusters of a chain, as far as it is intact. *)
val free : 'e t -> int -> (unit, 'e) Fat_device.outcome

(** Writes the changes to all copies of the table. *)
val flush : 'e t -> (unit, 'e) Fat_device.outcome

(** Forgets the changes that were not flushed. *)
val discard : 'e t -> unit
