(* SPDX-License-Identifier: ISC *)

(** A block device as the file system uses it: addressed by octet, with errors of
    type ['e]. *)

(** The errors of V1's FS. *)
type 'e error =
  [ `Not_a_directory of string
  | `Is_a_directory of string
  | `Directory_not_empty of string
  | `No_directory_entry of string * string
  | `File_already_exists of string
  | `No_space
  | `Format_not_recognised of string
  | `Unknown_error of string
  | `Block_device of 'e ]

type ('a, 'e) outcome = ('a, 'e error) Lwt_result.t

type 'e t = {
  size : int;  (** octets *)
  sector : int;  (** octets in a sector *)
  writable : bool;
  read : int -> int -> (Cstruct.t, 'e) outcome;
      (** [read offset length], in memory of its own *)
  write : int -> Cstruct.t -> (unit, 'e) outcome;
      (** [write offset data]; what surrounds [data] in its sectors stays *)
}
