(* SPDX-License-Identifier: ISC *)

(** The lines of a chunked body: RFC 9112, section 7.1. All are given with their
    end, which has to be CR LF: a recipient that took LF alone would see other
    chunks than the next one (section 2.2 allows it for heads only). *)

(** [size line] is the size that [line] announces, whose extensions are checked and
    ignored; an error if it is none. *)
val size : string -> (int64, string) result

(** [is_end line] tells whether [line] is the end of a chunk's data, or of the
    trailers: CR LF and nothing else. *)
val is_end : string -> bool

(** [check_trailer line] is an error unless [line] is a header field. Trailers are
    dropped: none of them may mean anything that the handler knows of (RFC 9110,
    section 6.5.1). *)
val check_trailer : string -> (unit, string) result
