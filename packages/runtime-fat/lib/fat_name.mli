(* SPDX-License-Identifier: ISC *)

(** Names of files: UTF-8 outside, 11 octets (short) or UTF-16 (long) on the disk. *)

(** {1 Long names} *)

(** The UTF-16 units of a name that may be given to a file: UTF-8, 1 to 255 units,
    no control characters and none of [\* / : < > ? \\ |] and quotation marks, no
    space or dot at the end. Otherwise the reason. *)
val to_utf16 : string -> (int list, string) result

(** UTF-8; what is no UTF-16 becomes U+FFFD. *)
val of_utf16 : int list -> string

(** Two names are the same if their folded forms are: the case of letters does not
    matter. *)
val fold : string -> string

(** {1 Short names} *)

(** A base of 8 and an extension of 3 octets, padded with spaces. *)
type short = private string

(** The 11 octets of a directory entry. *)
val short_of_octets : string -> short

(** As a person reads it, such as ["README.TXT"]. The flags are octet 12 of the
    directory entry: whether the base, or the extension, is shown in small letters. *)
val to_string : flags:int -> short -> string

(** The number from which on to look for a free one, by the beginning of a name: a
    folder of many names that begin alike would be searched anew for each. *)
type numbers

val no_numbers : unit -> numbers

(** The short name for a file called by a valid long name, and whether it says all
    of it. [is_taken] tells which others there are. *)
val shorten : is_taken:(short -> bool) -> numbers:numbers -> string -> short * bool

(** What ties the entries of a long name to that of its short one. *)
val checksum : short -> int
