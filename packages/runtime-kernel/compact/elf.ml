(* SPDX-License-Identifier: ISC *)

exception Malformed of string

let malformed fmt = Printf.ksprintf (fun why -> raise (Malformed why)) fmt

(* Elf64_Shdr *)
type section = {
  index : int;
  header : int;  (** where it is in the file *)
  label : string;
  kind : int;
  offset : int;
  link : int;
  info : int;
}

(* Elf64_Sym, by its place in the file. *)
type symbol = int
type t = { file : Bytes.t; sections : section array; symbol_table : section }

let sht_symtab = 2
let sht_rela = 4
let stt_section = 3
let symbol_size = 24
let relocation_size = 24

let get16 t at = Bytes.get_uint16_le t at
let get32 t at = Int32.to_int (Bytes.get_int32_le t at)
let get64 t at = Int64.to_int (Bytes.get_int64_le t at)
let set64 t at v = Bytes.set_int64_le t at (Int64.of_int v)

let string_at file at =
  match Bytes.index_from_opt file at '\000' with
  | Some stop -> Bytes.sub_string file at (stop - at)
  | None -> malformed "a name without an end"

let x86_64 = 62
let aarch64 = 183
let machine file = get16 file 18

let section_at file ~names index header =
  {
    index;
    header;
    label = string_at file (names + get32 file header);
    kind = get32 file (header + 4);
    offset = get64 file (header + 24);
    link = get32 file (header + 40);
    info = get32 file (header + 44);
  }

let parse file =
  let elf64_lsb = "\127ELF\002\001" and rel = 1 in
  if
    Bytes.length file < 64
    || Bytes.sub_string file 0 6 <> elf64_lsb
    || get16 file 16 <> rel
    || not (List.mem (machine file) [ x86_64; aarch64 ])
  then malformed "not a relocatable ELF64 object for x86-64 or AArch64";
  let headers = get64 file 40 in
  let header i = headers + (i * 64) in
  let names = get64 file (header (get16 file 62) + 24) in
  let sections =
    Array.init (get16 file 60) (fun i -> section_at file ~names i (header i))
  in
  match List.filter (fun s -> s.kind = sht_symtab) (Array.to_list sections) with
  | [ symbol_table ] -> { file; sections; symbol_table }
  | _ -> malformed "not one symbol table"

let read path =
  let channel = open_in_bin path in
  let file =
    Fun.protect
      ~finally:(fun () -> close_in channel)
      (fun () -> really_input_string channel (in_channel_length channel))
  in
  try parse (Bytes.unsafe_of_string file)
  with Invalid_argument _ -> malformed "an offset leads out of the file"

let write t path =
  let channel = open_out_bin path in
  Fun.protect
    ~finally:(fun () -> close_out channel)
    (fun () -> output_bytes channel t.file)

let is_aarch64 t = machine t.file = aarch64
let section t label = List.find_opt (fun s -> s.label = label) (Array.to_list t.sections)
let length t s = get64 t.file (s.header + 32)
let contents t s = Bytes.sub_string t.file s.offset (length t s)

let set_contents t s contents =
  if String.length contents > length t s then invalid_arg "Elf.set_contents: longer";
  Bytes.blit_string contents 0 t.file s.offset (String.length contents);
  set64 t.file (s.header + 32) (String.length contents)

let alignment t s = get64 t.file (s.header + 48)

let pack t ~prefix alignment =
  let length = String.length prefix in
  Array.iter
    (fun s ->
      if
        String.length s.label >= length
        && String.sub s.label 0 length = prefix
        && get64 t.file (s.header + 48) > alignment
      then set64 t.file (s.header + 48) alignment)
    t.sections

(* {2 Symbols} *)

let entries t s size = List.init (length t s / size) (fun i -> s.offset + (i * size))
let place t symbol = get64 t.file (symbol + 8)
let size t symbol = get64 t.file (symbol + 16)
let is_section t symbol = Bytes.get_uint8 t.file (symbol + 4) land 15 = stt_section
let section_index t symbol = get16 t.file (symbol + 6)

let name t symbol =
  string_at t.file (t.sections.(t.symbol_table.link).offset + get32 t.file symbol)

let symbols t s =
  List.filter
    (fun symbol -> section_index t symbol = s.index && not (is_section t symbol))
    (entries t t.symbol_table symbol_size)

let move_symbols t s f =
  List.iter
    (fun symbol ->
      let place, size = f ~place:(place t symbol) ~size:(size t symbol) in
      set64 t.file (symbol + 8) place;
      set64 t.file (symbol + 16) size)
    (symbols t s)

(* {2 Relocations: Elf64_Rela} *)

let relocations t wanted =
  let of_section s =
    if s.kind = sht_rela && wanted s.info then entries t s relocation_size else []
  in
  List.concat_map of_section (Array.to_list t.sections)

let r_x86_64_none = 0
let r_x86_64_64 = 1
let r_x86_64_32 = 10

type target = { symbol : int; addend : int }

let targets t s =
  let known = Hashtbl.create 4096 in
  List.iter
    (fun relocation ->
      if get32 t.file (relocation + 8) = r_x86_64_64 then
        Hashtbl.replace known
          (get64 t.file relocation)
          { symbol = get32 t.file (relocation + 12); addend = get64 t.file (relocation + 16) })
    (relocations t (Int.equal s.index));
  Hashtbl.find_opt known

type move = To of int | Narrowed_to of int | Nowhere

let set_kind t relocation kind =
  Bytes.set_int32_le t.file (relocation + 8) (Int32.of_int kind)

let move_relocations t s f =
  List.iter
    (fun relocation ->
      match f (get64 t.file relocation) with
      | To place -> set64 t.file relocation place
      | Narrowed_to place ->
          set64 t.file relocation place;
          set_kind t relocation r_x86_64_32
      | Nowhere ->
          set64 t.file relocation 0;
          set64 t.file (relocation + 8) r_x86_64_none)
    (relocations t (Int.equal s.index))

let move_references t s f =
  let is_about relocation =
    let symbol =
      t.symbol_table.offset + (get32 t.file (relocation + 12) * symbol_size)
    in
    is_section t symbol && section_index t symbol = s.index
  in
  List.iter
    (fun relocation ->
      if is_about relocation then
        set64 t.file (relocation + 16) (f (get64 t.file (relocation + 16))))
    (relocations t (fun _ -> true))
