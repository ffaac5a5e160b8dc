(* SPDX-License-Identifier: ISC *)

let slot_length = 32
let longest = 65_536 * slot_length
let end_mark = 0x00
let deleted_mark = 0xe5
let is_read_only = 0x01
let is_label = 0x08
let is_directory = 0x10
let is_archived = 0x20
let is_long_name = 0x0f
let last_piece = 0x40

(* 1980-01-01, the first day there is: devices need no clock. *)
let date = 0x0021

type entry = {
  name : string;
  short : Fat_name.short;
  directory : bool;
  read_only : bool;
  cluster : int;
  size : int;
  at : int;
  whole : int * int;
}

let get8 = Cstruct.get_uint8
let get16 = Cstruct.LE.get_uint16

(* A long name that is being read: its pieces come last one first, right before the
   slot with the short name. *)
type pieces = {
  start : int;
  remaining : int;
  sum : int;
  units : int list;
}

let unit_offsets = [ 1; 3; 5; 7; 9; 14; 16; 18; 20; 22; 24; 28; 30 ]
let units_per_slot = List.length unit_offsets

let piece_units slot =
  let rec until_end = function
    | [] | 0 :: _ -> []
    | unit :: rest -> unit :: until_end rest
  in
  until_end (List.map (get16 slot) unit_offsets)

let read_piece pieces slot at =
  let order = get8 slot 0 and sum = get8 slot 13 in
  let number = order land 0x3f in
  if order land last_piece <> 0 && number > 0 then
    Some { start = at; remaining = number - 1; sum; units = piece_units slot }
  else
    match pieces with
    | Some pieces when number > 0 && number = pieces.remaining && sum = pieces.sum ->
        Some
          { pieces with remaining = number - 1; units = piece_units slot @ pieces.units }
    | Some _ | None -> None

let read_entry ~wide pieces slot at =
  let short = Fat_name.short_of_octets (Cstruct.to_string slot ~len:11) in
  let attributes = get8 slot 11 in
  let name, start =
    match pieces with
    | Some { remaining = 0; sum; units = _ :: _ as units; start }
      when sum = Fat_name.checksum short ->
        (Fat_name.of_utf16 units, start)
    | Some _ | None -> (Fat_name.to_string ~flags:(get8 slot 12) short, at)
  in
  let high = if wide then get16 slot 20 else 0 in
  {
    name;
    short;
    directory = attributes land is_directory <> 0;
    read_only = attributes land is_read_only <> 0;
    cluster = (high lsl 16) lor get16 slot 26;
    size = Fat_uint32.to_int (Cstruct.LE.get_uint32 slot 28);
    at;
    whole = (start, at + slot_length - start);
  }

let entries ~wide content =
  let rec from at pieces found =
    if at + slot_length > Cstruct.length content then List.rev found
    else
      let slot = Cstruct.sub content at slot_length in
      let following = at + slot_length in
      let attributes = get8 slot 11 land 0x3f in
      match get8 slot 0 with
      | mark when mark = end_mark -> List.rev found
      | mark when mark = deleted_mark -> from following None found
      | _ when attributes = is_long_name ->
          from following (read_piece pieces slot at) found
      | _ when attributes land is_label <> 0 -> from following None found
      | mark when mark = Char.code '.' -> from following None found
      | _ -> from following None (read_entry ~wide pieces slot at :: found)
  in
  from 0 None []

let set8 = Cstruct.set_uint8
let set16 = Cstruct.LE.set_uint16
let set32 slot offset n = Cstruct.LE.set_uint32 slot offset (Int32.of_int n)

let set_location slot ~cluster ~size =
  set16 slot 20 (cluster lsr 16);
  set16 slot 26 (cluster land 0xffff);
  set32 slot 28 size

let short_slot ~directory ~cluster short =
  let slot = Cstruct.create slot_length in
  Cstruct.blit_from_string short 0 slot 0 (String.length short);
  set8 slot 11 (if directory then is_directory else is_archived);
  List.iter (fun offset -> set16 slot offset date) [ 16; 18; 24 ];
  set_location slot ~cluster ~size:0;
  slot

(* The units of a name end with 0, then 0xffff, unless they fill the slots. *)
let piece ~sum ~count units number =
  let slot = Cstruct.create slot_length in
  let unit_at i =
    if i < Array.length units then units.(i)
    else if i = Array.length units then 0
    else 0xffff
  in
  set8 slot 0 (if number = count then number lor last_piece else number);
  set8 slot 11 is_long_name;
  set8 slot 13 sum;
  List.iteri
    (fun i offset -> set16 slot offset (unit_at (((number - 1) * units_per_slot) + i)))
    unit_offsets;
  slot

let long_name_slots short units =
  let units = Array.of_list units in
  let count = (Array.length units + units_per_slot - 1) / units_per_slot in
  let piece = piece ~sum:(Fat_name.checksum short) ~count units in
  List.init count (fun i -> piece (count - i))

let rec end_of_entries content at =
  if at + slot_length > Cstruct.length content || get8 content at = end_mark then at
  else end_of_entries content (at + slot_length)

let rec next_gap content ~stop at =
  if at >= stop || get8 content at = deleted_mark then min at stop
  else next_gap content ~stop (at + slot_length)

let place content ~stop ~from length =
  let rec search at gap =
    if at - gap >= length || at >= stop then gap
    else
      let following = at + slot_length in
      if get8 content at = deleted_mark then search following gap
      else search following following
  in
  search from from

type addition = { length : int; slots : cluster:int -> Cstruct.t }

let add ~directory short long_name =
  let long_name = if long_name = [] then [] else long_name_slots short long_name in
  let slots ~cluster =
    Cstruct.concat (long_name @ [ short_slot ~directory ~cluster (short :> string) ])
  in
  { length = slot_length * (List.length long_name + 1); slots }

let remove content { whole = offset, length; _ } =
  let slots = Cstruct.create length in
  Cstruct.blit content offset slots 0 length;
  for slot = 0 to (length / slot_length) - 1 do
    set8 slots (slot * slot_length) deleted_mark
  done;
  (offset, slots)

let relocate content entry ~cluster ~size =
  let slot = Cstruct.create slot_length in
  Cstruct.blit content entry.at slot 0 slot_length;
  set8 slot 11 (get8 slot 11 lor is_archived);
  set_location slot ~cluster ~size;
  (entry.at, slot)

let dots ~cluster ~parent =
  let dot name cluster =
    short_slot ~directory:true ~cluster
      (name ^ String.make (11 - String.length name) ' ')
  in
  Cstruct.append (dot "." cluster) (dot ".." parent)
