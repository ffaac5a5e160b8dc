(* SPDX-License-Identifier: ISC *)

(** What [xl] asks of a domain, and what it is told: in {!Host}, by way of xenstore. *)
