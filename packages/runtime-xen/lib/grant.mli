(* SPDX-License-Identifier: ISC *)

(** Pages that another domain may use (xen/grant_table.h, version 1). *)

type reference = int

(** A page of ours, and its number in the grant table. *)
type page = { memory : Cstruct.t; reference : reference }

(** [page ~domain ~writable] is a fresh page of zeros that [domain] may read, and
    write if [writable]. *)
val page : domain:int -> writable:bool -> page

(** Ends the other domain's access and frees the page. If it is using the page
    even now, nobody gets it any more. *)
val free_page : page -> unit
