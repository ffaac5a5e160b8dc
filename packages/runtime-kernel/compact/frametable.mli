(* SPDX-License-Identifier: ISC *)

(** The table of a compilation unit's return addresses, as OCaml 4.13 and 4.14 emit
    it (asmcomp/emitaux.ml) and their runtime reads it (runtime/caml/stack.h,
    backtrace_nat.c): which values are live at each, and where in the source it is. *)

(** A table packed, for kernel/frames.c to unpack: without what no backtrace needs, which is the
    names of functions, but for their module's, and the locations of allocations, which only
    [Gc.Memprof] asks for. All integers are little-endian; a number is seven bits an octet, the
    lowest first, with the highest bit of all octets but the last. It has

    - the number of frames, negative, in 8 octets; the sizes in octets of all frames unpacked, of
      all records unpacked, of the names and of the runs, in 4 each;
    - runs of frames that the linker leaves at their distances: the first return address, in 4
      octets, and the number of frames; of each its distance from the last one, its shape and its
      place in the source, if it has one;
    - a shape is an octet: 0, if it follows, or its number among those that have followed, the first
      255 of them. It is the frame's size with the flags, the number of live values and where each
      is, and lengths of allocations as they were;
    - a place is 0, if its records follow, or how many records ago they did. A record is a fourth of
      its name's place among the names, doubled, and 1 if another record follows; the distance from
      the last record's line, doubled, or if negative, that and one less; 19 bits of columns;
    - the names, at a multiple of 4, as the compiler lays them out. *)
type t = {
  contents : string;
  moved : (int * int) list;
      (** where the first return address of each run was, and where its lower 32 bits are;
          nothing is filled in for the others *)
}

(** [compact target table] reads a table from the beginning of a string; [target place] is the
    symbol and distance that the return address at that place is filled in with.
    @raise Failure if it is not as expected. *)
val compact : (int -> (int * int) option) -> string -> t
