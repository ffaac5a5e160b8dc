(* SPDX-License-Identifier: ISC *)

(** What callbacks are made of servers by, and answers with. *)

include Server_intf.S
