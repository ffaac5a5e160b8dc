(* SPDX-License-Identifier: ISC *)

let collect _ =
  Gc.full_major ();
  Kernel.memory_watch ()

let watch () =
  Sys.set_signal Sys.sigusr1 (Signal_handle collect);
  Kernel.memory_watch ()
