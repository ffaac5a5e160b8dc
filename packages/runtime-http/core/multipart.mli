(* SPDX-License-Identifier: ISC *)

(** Several ranges in one body: [multipart/byteranges], RFC 9110, section 14.6. *)

(** [content_range offset length size] is the value of a [Content-Range]. *)
val content_range : int64 -> int64 -> int64 -> string

(** [content_type boundary] is that of the whole. *)
val content_type : string -> string

(** [heads ~boundary ~content_type ~size parts] is what comes before each of [parts],
    given by offset and length, and then what comes behind the last one. *)
val heads :
  boundary:string ->
  content_type:string ->
  size:int64 ->
  (int64 * int64) list ->
  string list * string
