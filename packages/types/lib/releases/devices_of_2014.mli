(* SPDX-License-Identifier: ISC *)

(** Today's devices under signatures of earlier releases. The types of what they are
    connected to stay the same. *)

(** 1.1: a line that is logged ends with CR LF. *)
module Console_1_1 (C : V1_LWT.CONSOLE) :
  V1_LWT.CONSOLE with type t = C.t and type id = C.id

(** From 1.2 on: the handler is called with 32 bytes, once. *)
module Entropy_1_2 (E : V1_LWT.ENTROPY) :
  Mirage_1_2.V1_LWT.ENTROPY with type t = E.t and type id = E.id

(** From 2.0 on: nothing can be read from a console, and closing it does nothing. *)
module Console_2_0 (C : V1_LWT.CONSOLE) :
  Mirage_2_0.V1_LWT.CONSOLE with type t = C.t and type id = C.id

(** From 2.0 on: what writes to a connection says [`Ok ()] when the data is queued; that
    the connection is lost, reading tells. *)
module Stackv4_2_0 (S : V1_LWT.STACKV4) :
  Mirage_2_0.V1_LWT.STACKV4
    with type t = S.t
     and type console = S.console
     and type netif = S.netif
     and type mode = S.mode
