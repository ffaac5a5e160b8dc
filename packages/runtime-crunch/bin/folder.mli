(* SPDX-License-Identifier: ISC *)

(** [files ~except folder] is every file below [folder], in no order. Keys are paths
    within it, their parts separated by ["/"]. Symbolic links are followed.
    @param except a folder that must not be inside: the one to be written.
    @raise Problem.Problem for what cannot be read, is neither file nor folder,
    or is a link that leads in a circle. *)
val files : except:string -> string -> Entry.t list
