(* SPDX-License-Identifier: ISC *)

(** The table of a compilation unit's return addresses, as OCaml 4.13 and 4.14 emit
    it (asmcomp/emitaux.ml) and their runtime reads it (runtime/caml/stack.h,
    backtrace_nat.c): which values are live at each, and where in the source it is. *)

(** A table without what no backtrace needs: the names of functions, but for their
    module's, and the locations of allocations, which only [Gc.Memprof] asks for. *)
type t = {
  contents : string;
  moved : (int * int) list;
      (** where the return addresses were, which relocations fill in, and are *)
}

(** [compact table] reads a table from the beginning of a string.
    @raise Failure if it is not as expected. *)
val compact : string -> t
