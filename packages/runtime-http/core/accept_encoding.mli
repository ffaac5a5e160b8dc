(* SPDX-License-Identifier: ISC *)

(** Which content coding a client likes best: RFC 9110, section 12.5.3. *)

(** [best values codings] is the first of [codings] among those that the
    [Accept-Encoding] fields [values] like best; [None] for no coding: if none is
    acceptable, if there are no [values], or if no coding is explicitly preferred. *)
val best : string list -> string list -> string option
