(* SPDX-License-Identifier: ISC *)

(** The format in which a folder becomes a part of the program: keys and values
    in one stretch of memory, found by binary search and read in place.

    All numbers are little-endian. An image is
    - 8 octets of magic, the number of entries (64 bit);
    - for each entry, in the order of the keys' octets: where its key starts (64
      bit), the key's length (64 bit), where its value starts (64 bit), the
      value's length (64 bit), positions counted from the start of the image;
    - the keys;
    - the values. One of a page or more starts at a multiple of the page size,
      a smaller one never crosses a page boundary. *)

(** {1 Reading} *)

type t

(** [of_buffer memory] checks the head only, whatever the image's size.
    @raise Invalid_argument if [memory] does not hold an image. *)
val of_buffer : Cstruct.buffer -> t

(** The value of a key, not copied: the memory may be read-only. *)
val find : t -> string -> Cstruct.t option

(** All keys, in the order of their octets. *)
val keys : t -> string list

(** {1 Writing} *)

(** What precedes the values, and where each value starts. *)
type layout = { head : string; offsets : int array; length : int }

(** [layout entries] places values of the given lengths. The image is [head],
    then each value at its offset, with zeros in the gaps, up to [length].
    @param entries keys and lengths, in strictly increasing order of keys.
    @raise Invalid_argument if they are not. *)
val layout : (string * int) array -> layout
