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

let rec add_record w names = function
  | [] -> ()
  | { file; unit; low; high } :: rest ->
      let bits = low lor if rest = [] then 0 else more in
      add_distance w ~bits (label names (unit, file));
      Buffer.add_int32_le w.out high;
      add_record w names rest

(* {2 Frames, packed}

   kernel/frames.c makes of them what OCaml's runtime reads. *)

let rec add_number out n =
  if n < 0x80 then Buffer.add_uint8 out n
  else begin
    Buffer.add_uint8 out (n land 0x7f lor 0x80);
    add_number out (n lsr 7)
  end

let add_shape out { size; body; _ } =
  add_number out size;
  let live = get16 body 0 in
  for i = 0 to live do
    add_number out (get16 body (2 * i))
  done;
  let rest = 2 * (live + 1) in
  Buffer.add_string out (String.sub body rest (String.length body - rest))

let most_shapes = 255

(* Most frames have the shape of another: a shape is written once, and then has a number. *)
let add_body out shapes frame =
  let shape = (frame.size, frame.body) in
  match Hashtbl.find_opt shapes shape with
  | Some number -> Buffer.add_uint8 out number
  | None ->
      Buffer.add_uint8 out 0;
      add_shape out frame;
      let number = Hashtbl.length shapes + 1 in
      if number <= most_shapes then Hashtbl.add shapes shape number

(* A record is either the one behind the last new one, or so many words before that. *)
let add_place out known next places =
  match Hashtbl.find_opt known places with
  | Some at ->
      add_number out ((!next - at) / 4);
      []
  | None ->
      add_number out 0;
      Hashtbl.add known places !next;
      next := !next + (8 * List.length places);
      [ places ]

(* Return addresses of one symbol, which the linker leaves at their distances. *)
let runs target frames =
  let with_target frame =
    match target frame.slot with
    | Some (symbol, addend) -> (symbol, addend, frame)
    | None -> failwith "a frame without a return address"
  in
  let compare (symbol, addend, _) (symbol', addend', _) =
    compare (symbol, addend) (symbol', addend')
  in
  let add (symbol, addend, frame) = function
    | (symbol', run) :: rest when symbol' = symbol -> (symbol, (addend, frame) :: run) :: rest
    | runs -> (symbol, [ (addend, frame) ]) :: runs
  in
  List.map snd
    (List.fold_right add (List.sort compare (List.map with_target frames)) [])

let unpacked_size { body; places; _ } =
  let size = 10 + String.length body in
  aligned 8 (if places = [] then size else aligned 4 size + 4)

let header_size = 20

let write target frames =
  let w = { out = Buffer.create 4096; distances = [] } in
  let records = ref [] and known = Hashtbl.create 64 and next = ref 0 in
  let stream = Buffer.create 4096 and moved = ref [] and shapes = Hashtbl.create 64 in
  List.iter
    (fun run ->
      let base, first = List.hd run in
      moved := (first.slot, header_size + Buffer.length stream) :: !moved;
      Buffer.add_int64_le stream 0L;
      add_number stream (List.length run);
      ignore
        (List.fold_left
           (fun last (addend, frame) ->
             add_number stream (addend - last);
             add_body stream shapes frame;
             if frame.places <> [] then
               records := add_place stream known next frame.places @ !records;
             addend)
           base run))
    (runs target frames);
  let names = labels () and files = labels () in
  List.iter (add_record w names) (List.rev !records);
  define w names (fun (unit, file) ->
      add_distance w (label files file);
      add_string w unit);
  define w files (add_string w);
  align w 8;
  let contents = Buffer.to_bytes w.out in
  List.iter
    (fun (at, bits, target) ->
      let distance = target () - at in
      let word = if bits = 0 then distance else distance land distance_mask lor bits in
      Bytes.set_int32_le contents at (Int32.of_int word))
    w.distances;
  while Buffer.length stream mod 4 <> 0 do
    Buffer.add_char stream '\000'
  done;
  let frames_size = List.fold_left (fun sum frame -> sum + unpacked_size frame) 8 frames in
  let header = Buffer.create header_size in
  Buffer.add_int64_le header (Int64.of_int (-List.length frames));
  List.iter
    (fun n -> Buffer.add_int32_le header (Int32.of_int n))
    [ frames_size; Bytes.length contents; Buffer.length stream ];
  {
    contents = Buffer.contents header ^ Buffer.contents stream ^ Bytes.to_string contents;
    moved = !moved;
  }

let compact target table =
  try write target (read table)
  with Invalid_argument _ | Not_found -> failwith "a table that leads out of itself"
