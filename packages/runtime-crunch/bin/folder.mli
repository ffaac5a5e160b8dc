(* SPDX-License-Identifier: ISC *)

(** Where symbolic links may lead. *)
type links =
  | Inside  (** to what lies in the folder *)
  | Anywhere

(** [files ~links ~except folder] is every file below [folder], in no order. Keys
    are paths within it, their parts separated by ["/"]. Symbolic links are
    followed.
    @param links where they may lead. With [Inside] the folder's own path, if it
    leads down from the working directory, must not leave that by a link.
    @param except a folder that must not be inside: the one to be written.
    @raise Problem.Problem for what cannot be read, is neither file nor folder,
    or is a link that leads in a circle or where it may not. *)
val files : links:links -> except:string -> string -> Entry.t list
