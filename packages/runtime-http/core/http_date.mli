(* SPDX-License-Identifier: ISC *)

(** Dates of header fields: RFC 9110, section 5.6.7. Times are seconds since
    1970-01-01T00:00:00Z, without a fraction. *)

(** [to_string seconds] is an IMF-fixdate, such as
    ["Sun, 06 Nov 1994 08:49:37 GMT"]. *)
val to_string : float -> string

(** [of_string s] reads the three forms that recipients must know: IMF-fixdate,
    RFC 850's and asctime's. [now] tells which century two digits mean: not more
    than 50 years from now. *)
val of_string : ?now:float -> string -> float option
