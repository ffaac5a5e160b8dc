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

(* {2 Packing}

   kernel/frames.c makes of it what OCaml's runtime reads. *)

type writer = {
  stream : Buffer.t;
  shapes : (int * string, int) Hashtbl.t;
  records : (place list, int) Hashtbl.t;  (** how many there were before *)
  mutable record_count : int;
  mutable line : int;
  names : Buffer.t;
  name_places : (string * string, int) Hashtbl.t;  (** of units and their files *)
  file_places : (string, int) Hashtbl.t;
}

let rec add_number out n =
  if n < 0x80 then Buffer.add_uint8 out n
  else begin
    Buffer.add_uint8 out (n land 0x7f lor 0x80);
    add_number out (n lsr 7)
  end

(* Small numbers of either sign become small ones. *)
let add_signed out n = add_number out (if n < 0 then (-2 * n) - 1 else 2 * n)

let align out alignment =
  while Buffer.length out mod alignment <> 0 do
    Buffer.add_char out '\000'
  done

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
let add_body { stream; shapes; _ } frame =
  let shape = (frame.size, frame.body) in
  match Hashtbl.find_opt shapes shape with
  | Some number -> Buffer.add_uint8 stream number
  | None ->
      Buffer.add_uint8 stream 0;
      add_shape stream frame;
      let number = Hashtbl.length shapes + 1 in
      if number <= most_shapes then Hashtbl.add shapes shape number

let remembered table key add =
  match Hashtbl.find_opt table key with
  | Some place -> place
  | None ->
      let place = add () in
      Hashtbl.add table key place;
      place

(* A name has the distance of its file's. *)
let name_place w ({ file; unit; _ } : place) =
  let add_string s = Buffer.add_string w.names (s ^ "\000") in
  remembered w.name_places (unit, file) (fun () ->
      let at_file =
        remembered w.file_places file (fun () ->
            let at = Buffer.length w.names in
            add_string file;
            at)
      in
      align w.names 4;
      let at = Buffer.length w.names in
      Buffer.add_int32_le w.names (Int32.of_int (at_file - at));
      add_string unit;
      align w.names 4;
      at)

(* The upper word has the line in its upper 20 bits; of the lower, bit 1 and the upper 6 do not
   belong to the chain. *)
let rec add_record w = function
  | [] -> ()
  | place :: rest ->
      let high = Int32.to_int place.high land 0xffff_ffff in
      let line = high lsr 12 in
      let others =
        ((high land 0xfff) lsl 7) lor ((place.low lsr 26) lsl 1) lor ((place.low lsr 1) land 1)
      in
      let others_follow = if rest = [] then 0 else more in
      add_number w.stream ((name_place w place / 4 * 2) lor others_follow);
      add_signed w.stream (line - w.line);
      add_number w.stream others;
      w.line <- line;
      w.record_count <- w.record_count + 1;
      add_record w rest

let add_places w places =
  match Hashtbl.find_opt w.records places with
  | Some before -> add_number w.stream (w.record_count - before)
  | None ->
      add_number w.stream 0;
      Hashtbl.add w.records places w.record_count;
      add_record w places

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

let header_size = 24

(* Returns where the address of the first is. *)
let add_run w run =
  let base, _ = List.hd run in
  let place = header_size + Buffer.length w.stream in
  Buffer.add_int32_le w.stream 0l;
  add_number w.stream (List.length run);
  let add last (addend, frame) =
    add_number w.stream (addend - last);
    add_body w frame;
    if frame.places <> [] then add_places w frame.places;
    addend
  in
  ignore (List.fold_left add base run);
  place

let unpacked_size { body; places; _ } =
  let size = 10 + String.length body in
  aligned 8 (if places = [] then size else aligned 4 size + 4)

let write target frames =
  let w =
    {
      stream = Buffer.create 4096;
      shapes = Hashtbl.create 64;
      records = Hashtbl.create 64;
      record_count = 0;
      line = 0;
      names = Buffer.create 1024;
      name_places = Hashtbl.create 16;
      file_places = Hashtbl.create 16;
    }
  in
  let moved =
    List.map (fun run -> ((snd (List.hd run)).slot, add_run w run)) (runs target frames)
  in
  align w.stream 4;
  align w.names 8;
  let header = Buffer.create header_size in
  Buffer.add_int64_le header (Int64.of_int (-List.length frames));
  List.iter
    (fun n -> Buffer.add_int32_le header (Int32.of_int n))
    [
      List.fold_left (fun sum frame -> sum + unpacked_size frame) 8 frames;
      8 * w.record_count;
      Buffer.length w.names;
      Buffer.length w.stream;
    ];
  { contents = String.concat "" (List.map Buffer.contents [ header; w.stream; w.names ]); moved }

let compact target table =
  try write target (read table)
  with Invalid_argument _ | Not_found -> failwith "a table that leads out of itself"
