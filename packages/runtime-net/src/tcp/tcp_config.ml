(* SPDX-License-Identifier: ISC *)

include Tcp_parameters
