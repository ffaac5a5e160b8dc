(* SPDX-License-Identifier: ISC *)

(** What a web server is told of the files: [mirage-runtime-http] reads it.

    Under a file's key, a NUL and [http], which is no key of a file, is a text: lines of a
    name, a space and a value. [etag] is the tag's characters, made of the content;
    [cache-control] and [last-modified] are as the options say; there is a [coding] for
    each compressed form, which is under the key, a NUL and the coding's name. *)

type options = {
  codings : Compression.coding list;  (** the preferred one first *)
  cache_control : string option;
  last_modified : string option;
}

val no_options : options

(** [entries options ~cache files] are [files] and what there is to be told of them.
    Compressed forms are kept in the folder [cache] for the next time.
    @raise Problem.Problem if a file cannot be read or compressed. *)
val entries : options -> cache:string -> Entry.t list -> Entry.t list
