(* SPDX-License-Identifier: ISC *)

type file = {
  key : string;  (** path within the folder, parts separated by ["/"] *)
  path : string;  (** path to open it by *)
  size : int;  (** octets *)
}

(** [files ~except folder] is every file below [folder], in the order of their
    keys' octets. Symbolic links are followed.
    @param except a folder that must not be inside: the one to be written.
    @raise Problem.Problem for what cannot be read, is neither file nor folder,
    or is a link that leads in a circle. *)
val files : except:string -> string -> file array
