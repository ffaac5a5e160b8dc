(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open V1_LWT

module type DISK = sig
  include BLOCK

  val discard : t -> int64 -> int64 -> [ `Ok of unit | `Error of error ] io
end

module Main (C : CONSOLE) (B : DISK) = struct
  let start console disk =
    B.get_info disk >>= fun { size_sectors; _ } ->
    let half = Int64.div size_sectors 2L in
    B.discard disk half half >>= function
    | `Ok () -> C.log_s console "discarded"
    | `Error `Unimplemented -> C.log_s console "the disk keeps everything"
    | `Error _ -> Lwt.fail_with "discard"
end
