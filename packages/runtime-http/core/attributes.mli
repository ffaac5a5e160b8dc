(* SPDX-License-Identifier: ISC *)

(** What a store that was made for the web knows of a value: it keeps a text under the
    value's key, a NUL and [http], which no file's name can be, and the value in other
    codings under the key, a NUL and the coding's name.

    The text is lines of a name, a space and a value: [etag] with the tag's characters,
    [last-modified] and [cache-control] as the header fields have them, [coding] for
    each coding there is, the best one first. Names that are not known are ignored. *)

type t = {
  etag : string option;  (** without quotation marks *)
  last_modified : string option;
  cache_control : string option;
  codings : string list;
}

val none : t
val parse : string -> t

(** [key_of key] is the key of the text for [key]. *)
val key_of : string -> string

(** [coded key coding] is that of the value in [coding]. *)
val coded : string -> string -> string

(** [is_file key] tells whether [key] can be a file's, and not one of the above. *)
val is_file : string -> bool
