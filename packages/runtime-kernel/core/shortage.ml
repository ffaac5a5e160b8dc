(* SPDX-License-Identifier: ISC *)

(* The module [Gc] would make each kernel larger, by the text of its statistics. *)
external full_major : unit -> unit = "caml_gc_full_major"

let collect _ =
  full_major ();
  Kernel.memory_watch ()

let watch () =
  Sys.set_signal Sys.sigusr1 (Signal_handle collect);
  Kernel.memory_watch ()
