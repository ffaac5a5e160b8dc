(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open V1_LWT

(* Writes the first half of a disk, every octet complemented, into its second half; and the file
   /question.txt in capitals into /folder/answer.txt. *)
module Main (C : CONSOLE) (P : IO_PAGE) (B : BLOCK) (F : FS) = struct
  let of_disk what = function
    | `Ok result -> Lwt.return result
    | `Error (_ : B.error) -> Lwt.fail_with what

  let of_files what = function
    | `Ok result -> Lwt.return result
    | `Error (_ : F.error) -> Lwt.fail_with what

  let pages_at_once = 64
  let buffer () = P.to_cstruct (P.get pages_at_once)

  let complement data =
    for i = 0 to Cstruct.length data - 1 do
      Cstruct.set_uint8 data i (255 - Cstruct.get_uint8 data i)
    done

  let mirror disk =
    B.get_info disk >>= fun { sector_size; size_sectors; _ } ->
    let half = Int64.div size_sectors 2L in
    let step = Int64.of_int (pages_at_once * 4096 / sector_size) in
    let part at =
      let data = buffer () in
      B.read disk at [ data ] >>= of_disk "read" >>= fun () ->
      complement data;
      B.write disk (Int64.add half at) [ data ] >>= of_disk "write"
    in
    let rec starts at =
      if at >= half then [] else at :: starts (Int64.add at step)
    in
    (* All at once: more requests than the ring has slots. *)
    Lwt_list.iter_p part (starts 0L) >>= fun () ->
    B.read disk size_sectors [ Cstruct.sub (buffer ()) 0 sector_size ]
    >>= function
    | `Ok () -> Lwt.fail_with "there is no sector behind the last"
    | `Error _ -> Lwt.return size_sectors

  let answer files =
    F.size files "/question.txt" >>= of_files "size" >>= fun size ->
    F.read files "/question.txt" 0 (Int64.to_int size) >>= of_files "read"
    >>= fun parts ->
    let text = String.uppercase_ascii (Cstruct.copyv parts) in
    F.mkdir files "/folder" >>= of_files "mkdir" >>= fun () ->
    F.create files "/folder/answer.txt" >>= of_files "create" >>= fun () ->
    F.write files "/folder/answer.txt" 0 (Cstruct.of_string text)
    >>= of_files "write"

  let start console raw files =
    mirror raw >>= fun sectors ->
    C.log_s console (Printf.sprintf "mirrored %Ld sectors" sectors)
    >>= fun () ->
    answer files >>= fun () -> C.log_s console "answered"
end
