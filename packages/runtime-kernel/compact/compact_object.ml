(* SPDX-License-Identifier: ISC *)

(* compact-object FROM TO: copies the object of a whole OCaml program, as
   `-output-complete-obj` makes it, without what a kernel has no use for. *)

(* A part of the data that becomes shorter. What follows moves by a multiple of the
   section's alignment, so as to keep its own. *)
type part = {
  start : int;
  stop : int;
  contents : string;
  moved : (int * int) list;  (** places within it that relocations fill in *)
  saved : int;  (** by this part and all before it *)
}

let is_frametable name =
  String.length name > 4
  && String.sub name 0 4 = "caml"
  && Filename.check_suffix name "__frametable"

(* Packed tables have addresses of 32 bits, and the kernel for AArch64 lies beyond those. *)
let frametables elf data contents =
  let targets = Elf.targets elf data in
  let table symbol =
    let size = Elf.size elf symbol and start = Elf.place elf symbol in
    if size > 0 && is_frametable (Elf.name elf symbol) then
      let target slot =
        Option.map
          (fun { Elf.symbol; addend } -> (symbol, addend))
          (targets (start + slot))
      in
      let table = Frametable.compact target (String.sub contents start size) in
      Some (start, start + size, table.contents, table.moved)
    else None
  in
  if Elf.is_aarch64 elf then []
  else List.filter_map table (Elf.symbols elf data)

(* An empty string, as it is in memory (runtime/caml/mlvalues.h). *)
let empty_string = "\000\000\000\000\000\000\000\007"

(* The digests of all interfaces, one long string that is for Dynlink alone, which a
   kernel cannot have. Before it is its header: the number of words, then ten bits. *)
let interface_digests elf data contents =
  let symbols = Elf.symbols elf data in
  match List.find_opt (fun s -> Elf.name elf s = "caml_globals_map") symbols with
  | None -> []
  | Some symbol ->
      let start = Elf.place elf symbol in
      let words = Int64.to_int (String.get_int64_le contents (start - 8)) lsr 10 in
      [ (start, start + (8 * words), empty_string, []) ]

let shorten_header contents (start, _, _, _) =
  let header = Bytes.get_int64_le contents (start - 8) in
  Bytes.set_int64_le contents (start - 8)
    (Int64.logor 0x400L (Int64.logand header 0x3ffL))

let parts_of elf data replacements =
  let alignment = max 8 (Elf.alignment elf data) in
  let add (saved, parts) (start, stop, contents, moved) =
    let smaller = stop - start - String.length contents in
    if smaller < alignment then (saved, parts)
    else
      let saved = saved + (smaller land -alignment) in
      (saved, { start; stop; contents; moved; saved } :: parts)
  in
  List.rev (snd (List.fold_left add (0, []) (List.sort compare replacements)))

(* A reference may be relative to the end of the instruction that makes it, and so
   seem to be up to that many bytes before its target. Nothing refers to the inside of
   a part. *)
let longest_instruction_tail = 8

let destination parts place =
  let rec find saved = function
    | { stop; saved; _ } :: rest when stop - longest_instruction_tail <= place ->
        find saved rest
    | { start; _ } :: _ when start < place ->
        failwith "a reference into data that is about to change"
    | _ -> place - saved
  in
  find 0 parts

let new_contents parts contents =
  let out = Buffer.create (String.length contents) in
  let last =
    List.fold_left
      (fun from part ->
        Buffer.add_string out (String.sub contents from (part.start - from));
        Buffer.add_string out part.contents;
        let padding = part.stop - part.saved - Buffer.length out in
        Buffer.add_string out (String.make padding '\000');
        part.stop)
      0 parts
  in
  Buffer.add_string out (String.sub contents last (String.length contents - last));
  Buffer.contents out

let moved_relocations parts =
  let places = Hashtbl.create 1024 in
  List.iter
    (fun part ->
      let start = destination parts part.start in
      List.iter
        (fun (was, is) -> Hashtbl.add places (part.start + was) (start + is))
        part.moved)
    parts;
  places

let compact_data elf data =
  let contents = Bytes.of_string (Elf.contents elf data) in
  let digests = interface_digests elf data (Bytes.to_string contents) in
  List.iter (shorten_header contents) digests;
  let contents = Bytes.to_string contents in
  let parts = parts_of elf data (digests @ frametables elf data contents) in
  let relocations = moved_relocations parts in
  let is_gone place = List.exists (fun part -> part.start <= place && place < part.stop) parts in
  let move_relocation place =
    match Hashtbl.find_opt relocations place with
    | Some place -> Elf.Narrowed_to place
    | None -> if is_gone place then Nowhere else To (destination parts place)
  in
  let move_symbol ~place ~size =
    match List.find_opt (fun part -> part.start = place) parts with
    | Some part -> (destination parts place, min size (String.length part.contents))
    | None -> (destination parts place, size)
  in
  Elf.set_contents elf data (new_contents parts contents);
  Elf.move_symbols elf data move_symbol;
  Elf.move_relocations elf data move_relocation;
  Elf.move_references elf data (destination parts)

(* The layouts that are rewritten here are those of one compiler. *)
let is_known version = String.length version > 5 && String.sub version 0 5 = "4.13."

let copy from into =
  Printf.eprintf
    "compact-object: OCaml %s is not known here: the kernel stays as large as the compiler \
     makes it\n"
    Sys.ocaml_version;
  Elf.write (Elf.read from) into

let compact from into =
  let elf = Elf.read from in
  (* Functions of the standard library and the runtime have a section each, at
     multiples of 16; on AArch64 with numbers of 8 bytes among the code. *)
  Elf.pack elf ~prefix:".text." (if Elf.is_aarch64 elf then 8 else 4);
  Option.iter (compact_data elf) (Elf.section elf ".data");
  Elf.write elf into

let run = if is_known Sys.ocaml_version then compact else copy

let fail why =
  prerr_endline ("compact-object: " ^ why);
  exit 1

let () =
  match Sys.argv with
  | [| _; from; into |] -> (
      try run from into with
      | Elf.Malformed why | Failure why -> fail (from ^ ": " ^ why)
      | Sys_error why -> fail why)
  | _ -> fail "usage: compact-object FROM TO"
