(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

(* The first 8 octets of the disk hold the number of starts. *)
module Main
    (Console : V1_LWT.CONSOLE)
    (Page : V1_LWT.IO_PAGE)
    (Disk : V1_LWT.BLOCK) =
struct
  let succeed = function
    | `Ok () -> Lwt.return_unit
    | `Error (`Unknown why) -> Lwt.fail_with ("the disk: " ^ why)
    | `Error `Is_read_only -> Lwt.fail_with "the disk is read-only"
    | `Error (`Unimplemented | `Disconnected) -> Lwt.fail_with "no disk"

  let start console disk =
    Disk.get_info disk >>= fun { Disk.sector_size; _ } ->
    (* What a disk reads and writes are whole sectors on memory pages. *)
    let sector = Cstruct.sub (Page.to_cstruct (Page.get 1)) 0 sector_size in
    Disk.read disk 0L [ sector ] >>= succeed >>= fun () ->
    let starts = Int64.succ (Cstruct.BE.get_uint64 sector 0) in
    Cstruct.BE.set_uint64 sector 0 starts;
    Disk.write disk 0L [ sector ] >>= succeed >>= fun () ->
    Console.log_s console (Printf.sprintf "start number %Ld" starts)
end
