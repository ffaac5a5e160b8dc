(* SPDX-License-Identifier: ISC *)

(** From the target of a request to the key of a file, and back. *)

(** [of_target target] is the path of a request's target, percent-decoded, without
    slashes in front: [/a%20b/?q] and [http://host/a%20b/] are ["a b/"]. *)
val of_target : string -> string

(** [query target] is the query with its [?], or [""]. *)
val query : string -> string

(** [to_target path] is the path of a target that stands for [path]: all is encoded
    that a URI's path must not contain, or that a browser might take for something
    else. Exactly one slash is in front. *)
val to_target : string -> string

(** [without_slashes path] is [path] without the slashes in front. *)
val without_slashes : string -> string

(** [key path] is [path], with [index.html] behind if it is a folder's. *)
val key : string -> string

(** [resolved path] is [path] without the segments [.] and [..], which lead nowhere
    above it. *)
val resolved : string -> string
