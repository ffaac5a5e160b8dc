(* SPDX-License-Identifier: ISC *)

(** What the program prints: standard output in Node.js, the function [print] of whoever started
    it elsewhere. Whatever its [id], there is only this one. The host takes everything at once. *)

include V1_LWT.CONSOLE with type id = string
