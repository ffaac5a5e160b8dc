(* SPDX-License-Identifier: ISC *)

type t = { address : int; octets : int; line : int }

(* {2 The command line} *)

let prefix = "virtio_mmio.device="

let unit_of = function
  | 'k' | 'K' -> Some 0x400
  | 'm' | 'M' -> Some 0x100000
  | 'g' | 'G' -> Some 0x40000000
  | _ -> None

(* A processor with 64 bits addresses at least 64 GiB; no machine has such a device above. *)
let most = 1 lsl 36

let number text =
  match int_of_string_opt text with
  | Some n when n >= 0 && n <= most -> Some n
  | Some _ | None -> None

let size_of text =
  let last = String.length text - 1 in
  match if last > 0 then unit_of text.[last] else None with
  | Some scale -> Option.map (( * ) scale) (number (String.sub text 0 last))
  | None -> number text

let registers = 0x100

let parse text =
  match String.split_on_char '@' text with
  | [ size; rest ] -> (
      match (size_of size, String.split_on_char ':' rest) with
      | Some octets, ([ address; line ] | [ address; line; _ ]) -> (
          match (number address, number line) with
          | Some address, Some line
            when address > 0 && line < 0x10000 && octets >= registers && address + octets <= most ->
              Some { address; octets; line }
          | _ -> None)
      | _ -> None)
  | _ -> None

let of_settings words =
  let start = String.length prefix in
  let values =
    List.filter_map
      (fun word ->
        if String.length word >= start && String.sub word 0 start = prefix then
          Some (String.sub word start (String.length word - start))
        else None)
      words
  in
  List.partition_map
    (fun value ->
      match parse value with
      | Some place -> Left place
      | None -> Right (prefix ^ value))
    values

(* {2 Bytecode} *)

let identity = "LNRO0005\000"
let fixed_memory = 0x86
let extended_interrupt = 0x89

(* How far behind its identity a device's resources are. *)
let reach = 256

let rec is_at text at wanted i =
  i = String.length wanted || (text.[at + i] = wanted.[i] && is_at text at wanted (i + 1))

let rec find text wanted from stop =
  if from + String.length wanted > stop then None
  else if is_at text from wanted 0 then Some from
  else find text wanted (from + 1) stop

let get32 text at = Int32.to_int (String.get_int32_le text at) land 0xffff_ffff

(* Descriptors begin with their kind and length; the interrupt comes behind the memory. *)
let resources aml from stop =
  let memory = Printf.sprintf "%c\009\000" (Char.chr fixed_memory) in
  match find aml memory from stop with
  | Some at when at + 12 + 9 <= stop ->
      let interrupt = at + 12 in
      if
        Char.code aml.[interrupt] = extended_interrupt
        && Char.code aml.[interrupt + 4] >= 1
      then
        Some
          {
            address = get32 aml (at + 4);
            octets = get32 aml (at + 8);
            line = get32 aml (interrupt + 5);
          }
      else None
  | _ -> None

let of_bytecode aml =
  let length = String.length aml in
  let rec from at found =
    match find aml identity at length with
    | None -> List.rev found
    | Some at ->
        let start = at + String.length identity in
        let limit = min length (start + reach) in
        let stop = Option.value ~default:limit (find aml identity start limit) in
        let place = resources aml start stop in
        from start (Option.fold ~none:found ~some:(fun p -> p :: found) place)
  in
  from 0 []
