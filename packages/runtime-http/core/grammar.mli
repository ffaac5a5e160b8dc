(* SPDX-License-Identifier: ISC *)

(** The small pieces that header fields are made of: RFC 9110, section 5.6. *)

(** RFC 9110, section 5.6.2. *)
val is_token_char : char -> bool

(** One or more of {!is_token_char}. *)
val is_token : string -> bool

(** [skip_token s stop i] is the index of the first octet from [i] on that is no
    {!is_token_char}, or [stop].
    @param stop at most the length of [s]; [i] is not negative. *)
val skip_token : string -> int -> int -> int

val is_digit : char -> bool
val is_hex_digit : char -> bool

(** What a header field's value may contain, white space included: RFC 9110,
    section 5.5. Octets above 127 are opaque data. *)
val is_field_char : char -> bool

(** [equal_token a b] compares without regard to the case of ASCII letters. *)
val equal_token : string -> string -> bool

(** [trim s] is [s] without the spaces and tabs around it. *)
val trim : string -> string

(** [elements value] are the elements of a comma-separated list, trimmed; empty
    ones are left out, and commas within quotation marks divide nothing (RFC 9110,
    sections 5.6.1 and 5.6.4). *)
val elements : string -> string list

(** [has_token token values] tells whether [token], in lower case, is an element
    of one of the lists in [values]. *)
val has_token : string -> string list -> bool

(** [number s ~max] is the decimal number [s], if it consists of digits alone and
    is at most [max]. *)
val number : string -> max:int64 -> int64 option
