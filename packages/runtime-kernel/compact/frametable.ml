(* SPDX-License-Identifier: ISC *)

type t = { contents : string; moved : (int * int) list }

(* One place in the source, innermost first where calls were inlined. [position] is
   the packed line and columns without the bits that belong to the chain. *)
type place = { file : string; unit : string; low : int; high : int32 }

type frame = {
  slot : int;  (** of the return address *)
  size : int;  (** the frame's size, with the flags *)
  body : string;  (** live values, lengths of allocations *)
  places : place list;
}

let has_places = 1
let has_allocations = 2

(* A frame that belongs to C code. *)
let is_c size = size = 0xffff
let aligned alignment n = (n + alignment - 1) land -alignment
let get16 = String.get_uint16_le
let get32 table at = Int32.to_int (String.get_int32_le table at)

let string_at table at =
  String.sub table at (String.index_from table at '\000' - at)

(* {2 Reading} *)

(* [Stdlib__List.find] is of [Stdlib__List]. *)
let unit_of name =
  match String.index_opt name '.' with Some i -> String.sub name 0 i | None -> name

(* A record is a distance to a name, a multiple of 4 in bits 2 to 25, with the packed
   position in the other bits and the next word; bit 0 says that another follows. *)
let more = 1
let distance_mask = 0x3fffffc
let sign_of_distance = 0x2000000

let distance_in word =
  let distance = word land distance_mask in
  if distance land sign_of_distance = 0 then distance
  else distance - (distance_mask + 4)

let rec places_at table at =
  let word = get32 table at in
  let name = at + distance_in word in
  let place =
    {
      file = string_at table (name + get32 table name);
      unit = unit_of (string_at table (name + 4));
      low = word land lnot (distance_mask lor more) land 0xffff_ffff;
      high = String.get_int32_le table (at + 4);
    }
  in
  place :: (if word land more <> 0 then places_at table (at + 8) else [])

(* The frame at [at], and where the next one is. *)
let read_frame table at =
  let size = get16 table (at + 8) and live = get16 table (at + 10) in
  let live_end = at + 12 + (2 * live) in
  let flag f = (not (is_c size)) && size land f <> 0 in
  let allocations = if flag has_allocations then Char.code table.[live_end] else 0 in
  let body_end =
    if flag has_allocations then live_end + 1 + allocations else live_end
  in
  let stop =
    if not (flag has_places) then body_end
    else
      aligned 4 body_end + (4 * if flag has_allocations then allocations else 1)
  in
  let places =
    if flag has_places && not (flag has_allocations) then
      let at = aligned 4 body_end in
      places_at table (at + get32 table at)
    else []
  in
  let size = if is_c size || places <> [] then size else size land lnot has_places in
  ( { slot = at; size; body = String.sub table (at + 10) (body_end - at - 10); places },
    aligned 8 stop )

let read table =
  let rec frames n at =
    if n = 0 then []
    else
      let frame, next = read_frame table at in
      frame :: frames (n - 1) next
  in
  frames (Int64.to_int (String.get_int64_le table 0)) 8

(* {2 Writing} *)

(* Distances are filled in when everything has its place. *)
type writer = { out : Buffer.t; mutable distances : (int * int * (unit -> int)) list }

let align w alignment =
  while Buffer.length w.out mod alignment <> 0 do
    Buffer.add_char w.out '\000'
  done

let add_string w s = Buffer.add_string w.out (s ^ "\000")

(* [target] is asked at the end; the distance counts from here. *)
let add_distance w ?(bits = 0) target =
  w.distances <- (Buffer.length w.out, bits, target) :: w.distances;
  Buffer.add_int32_le w.out 0l

(* Where each key is, in the order in which they were asked for. *)
type 'a labels = { known : ('a, int ref) Hashtbl.t; mutable wanted : 'a list }

let labels () = { known = Hashtbl.create 64; wanted = [] }

let label labels key =
  let place =
    match Hashtbl.find_opt labels.known key with
    | Some place -> place
    | None ->
        let place = ref 0 in
        Hashtbl.add labels.known key place;
        labels.wanted <- key :: labels.wanted;
        place
  in
  fun () -> !place

let define w labels add =
  let each key =
    align w 4;
    Hashtbl.find labels.known key := Buffer.length w.out;
    add key
  in
  List.iter each (List.rev labels.wanted)

let add_frame w records frame =
  align w 8;
  let slot = Buffer.length w.out in
  Buffer.add_int64_le w.out 0L;
  Buffer.add_uint16_le w.out frame.size;
  Buffer.add_string w.out frame.body;
  if frame.places <> [] then begin
    align w 4;
    add_distance w (label records frame.places)
  end;
  (frame.slot, slot)

let rec add_record w names = function
  | [] -> ()
  | { file; unit; low; high } :: rest ->
      let bits = low lor if rest = [] then 0 else more in
      add_distance w ~bits (label names (unit, file));
      Buffer.add_int32_le w.out high;
      add_record w names rest

let write frames =
  let w = { out = Buffer.create 4096; distances = [] } in
  let records = labels () and names = labels () and files = labels () in
  Buffer.add_int64_le w.out (Int64.of_int (List.length frames));
  let moved = List.map (add_frame w records) frames in
  define w records (add_record w names);
  define w names (fun (unit, file) ->
      add_distance w (label files file);
      add_string w unit);
  define w files (add_string w);
  let contents = Buffer.to_bytes w.out in
  List.iter
    (fun (at, bits, target) ->
      let distance = target () - at in
      let word = if bits = 0 then distance else distance land distance_mask lor bits in
      Bytes.set_int32_le contents at (Int32.of_int word))
    w.distances;
  { contents = Bytes.to_string contents; moved }

let compact table =
  try write (read table)
  with Invalid_argument _ | Not_found -> failwith "a table that leads out of itself"
