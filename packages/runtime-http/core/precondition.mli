(* SPDX-License-Identifier: ISC *)

(** Conditional requests: RFC 9110, section 13. *)

(** What is known of the representation that would be sent. *)
type validators = {
  etag : string option;  (** strong, with its quotation marks *)
  modified : float option;  (** seconds since 1970 *)
}

type verdict =
  | Proceed
  | Not_modified  (** 304 *)
  | Failed  (** 412 *)

(** [evaluate validators request], in the order of section 13.2.2. *)
val evaluate : validators -> Cohttp.Request.t -> verdict

(** [applies_to_range validators request] tells whether the request's [If-Range], if
    there is one, lets its [Range] count (section 13.1.5). *)
val applies_to_range : validators -> Cohttp.Request.t -> bool
