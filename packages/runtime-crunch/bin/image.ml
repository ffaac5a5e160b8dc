(* SPDX-License-Identifier: ISC *)

let chunk = 65_536

(* The code model of x86-64 addresses 2 GiB of program and data. *)
let largest = 0x6000_0000

let changed path = Problem.failf "%s: changed while it was read" path

let copy_file path size buffer write =
  Problem.on_path path (fun () ->
      let fd = Unix.openfile path [ O_RDONLY; O_CLOEXEC ] 0 in
      Fun.protect
        ~finally:(fun () -> Unix.close fd)
        (fun () ->
          let rec from offset =
            match Unix.read fd buffer 0 chunk with
            | 0 -> if offset <> size then changed path
            | n ->
                if offset + n > size then changed path;
                write buffer n;
                from (offset + n)
          in
          from 0))

let copy { Entry.content; size; _ } buffer write =
  match content with
  | File path -> copy_file path size buffer write
  | Text text -> write (Bytes.of_string text) size

let produce entries write =
  let entries = Array.of_list entries in
  Array.sort (fun (a : Entry.t) (b : Entry.t) -> String.compare a.key b.key) entries;
  let layout =
    Crunch_image.layout
      (Array.map (fun { Entry.key; size; _ } -> (key, size)) entries)
  in
  if layout.length > largest then
    Problem.failf "%d MB are too many to be a part of the program; use a block device"
      (layout.length / 1_000_000);
  let buffer = Bytes.create chunk in
  let position = ref 0 in
  let emit bytes n =
    write bytes n;
    position := !position + n
  in
  let fill_up_to offset =
    emit (Bytes.make (offset - !position) '\000') (offset - !position)
  in
  emit (Bytes.of_string layout.head) (String.length layout.head);
  Array.iteri
    (fun i entry ->
      fill_up_to layout.offsets.(i);
      copy entry buffer emit)
    entries
