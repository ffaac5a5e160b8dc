(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

let most = 65536

module Make (B : V1_LWT.BLOCK) (P : V1_LWT.IO_PAGE) = struct
  let reason = function
    | `Unknown why -> why
    | `Disconnected -> "it is disconnected"
    | `Unimplemented | `Is_read_only -> "it cannot be read"

  let text buffer =
    let all = Cstruct.to_string buffer in
    match String.index_opt all '\000' with
    | Some length -> String.sub all 0 length
    | None -> all

  let read device =
    B.get_info device >>= fun { B.sector_size; size_sectors; _ } ->
    let size = Int64.mul size_sectors (Int64.of_int sector_size) in
    if Int64.compare size (Int64.of_int most) > 0 then
      Lwt.return
        (Error
           (Printf.sprintf "it has %Ld octets, more than the %d of a text" size
              most))
    else
      let size = Int64.to_int size in
      let pages = P.get ((size + 4095) / 4096) in
      let buffer = Cstruct.of_bigarray pages ~len:size in
      B.read device 0L [ buffer ] >|= function
      | `Ok () -> Ok (text buffer)
      | `Error error -> Error (reason error)
end
