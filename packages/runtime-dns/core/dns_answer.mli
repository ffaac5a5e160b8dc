(* SPDX-License-Identifier: ISC *)

(** What a reply says about a question. *)

type t =
  | Addresses of { addresses : Ipaddr.t list; ttl : int }
  | Nothing of { ttl : int }
      (** the name does not exist, or has no such addresses (RFC 2308); [ttl] is 0 if
          nobody says how long that holds *)
  | Elsewhere of Dns_name.t
      (** the name is an alias of that one, about which the reply says nothing *)
  | Useless of string  (** the server cannot or does not want to answer; a sentence *)

(** [of_reply question reply]: aliases are followed through the records of the reply, in
    any order, but in no circle. Lifetimes are at most a day, of {!Nothing} three hours. *)
val of_reply : Dns_message.question -> Dns_message.reply -> t
