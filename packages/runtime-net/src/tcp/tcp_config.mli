(* SPDX-License-Identifier: ISC *)

(** The constants of TCP, for {!Tcpv4.S.set_config}. *)

include module type of struct
  include Mirage_runtime_net_core.Tcp_parameters
end
