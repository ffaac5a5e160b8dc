(* SPDX-License-Identifier: ISC *)

module Offsets = Map.Make (Int)

type t = {
  wide : bool;
  mutable content : Cstruct.t;
  mutable stop : int;  (** where the entries end *)
  mutable gap : int;  (** no slot before it is free *)
  mutable entries : Fat_directory.entry Offsets.t;  (** by [at] *)
  names : (string, Fat_directory.entry) Hashtbl.t;  (** folded; the long and the short *)
  shorts : (Fat_name.short, unit) Hashtbl.t;
  mutable clashes : bool;  (** a name stands for several entries: damage *)
  numbers : Fat_name.numbers;
}

let content t = t.content
let entries t = List.map snd (Offsets.bindings t.entries)
let find t name = Hashtbl.find_opt t.names (Fat_name.fold name)

let names_of ({ name; short; _ } : Fat_directory.entry) =
  let long = Fat_name.fold name
  and short = Fat_name.fold (Fat_name.to_string ~flags:0 short) in
  if long = short then [ long ] else [ long; short ]

(* The first of several entries has the name. *)
let insert t (entry : Fat_directory.entry) =
  t.entries <- Offsets.add entry.at entry t.entries;
  Hashtbl.replace t.shorts entry.short ();
  List.iter
    (fun name ->
      if Hashtbl.mem t.names name then t.clashes <- true
      else Hashtbl.add t.names name entry)
    (names_of entry)

let delete t (entry : Fat_directory.entry) =
  t.entries <- Offsets.remove entry.at t.entries;
  Hashtbl.remove t.shorts entry.short;
  List.iter (Hashtbl.remove t.names) (names_of entry)

let index t =
  t.stop <- Fat_directory.end_of_entries t.content 0;
  t.gap <- 0;
  t.entries <- Offsets.empty;
  Hashtbl.reset t.names;
  Hashtbl.reset t.shorts;
  t.clashes <- false;
  List.iter (insert t) (Fat_directory.entries ~wide:t.wide t.content)

let of_content ~wide content =
  let t =
    {
      wide;
      content;
      stop = 0;
      gap = 0;
      entries = Offsets.empty;
      names = Hashtbl.create 64;
      shorts = Hashtbl.create 64;
      clashes = false;
      numbers = Fat_name.no_numbers ();
    }
  in
  index t;
  t

type addition = { offset : int; length : int; slots : cluster:int -> Cstruct.t }

let add t ~directory name =
  match Fat_name.to_utf16 name with
  | Error _ as error -> error
  | Ok units ->
      let short, is_whole_name =
        Fat_name.shorten ~is_taken:(Hashtbl.mem t.shorts) ~numbers:t.numbers name
      in
      let { Fat_directory.length; slots } =
        Fat_directory.add ~directory short (if is_whole_name then [] else units)
      in
      t.gap <- Fat_directory.next_gap t.content ~stop:t.stop t.gap;
      let offset =
        Fat_directory.place t.content ~stop:t.stop ~from:t.gap length
      in
      let behind = offset + length in
      (* Behind the mark there may be anything: the mark moves along. *)
      let needs_mark = behind > t.stop && behind < Cstruct.length t.content in
      let mark =
        if needs_mark then [ Cstruct.create Fat_directory.slot_length ] else []
      in
      let slots ~cluster = Cstruct.concat (slots ~cluster :: mark) in
      Ok { offset; length; slots }

let lengthen t length =
  let zeros = Cstruct.create (length - Cstruct.length t.content) in
  t.content <- Cstruct.append t.content zeros

(* An entry is found by its last slot; the number of its slots has six bits. *)
let most_slots = 64

(* The entries of which a slot lies from [start] to [stop]. *)
let touched t start stop =
  let rec collect found entries =
    match entries () with
    | Seq.Cons ((at, (entry : Fat_directory.entry)), rest)
      when at < stop + (most_slots * Fat_directory.slot_length) ->
        collect (if fst entry.whole < stop then entry :: found else found) rest
    | Seq.Cons _ | Seq.Nil -> found
  in
  collect [] (Offsets.to_seq_from start t.entries)

let change t offset data =
  let stop = offset + Cstruct.length data in
  Cstruct.blit data 0 t.content offset (Cstruct.length data);
  if t.clashes then index t
  else
    let replaced = touched t offset stop in
    List.iter (delete t) replaced;
    let start, stop =
      List.fold_left
        (fun (start, stop) ({ whole = first, length; _ } : Fat_directory.entry) ->
          (min start first, max stop (first + length)))
        (offset, stop) replaced
    in
    let moved (entry : Fat_directory.entry) =
      let first, length = entry.whole in
      { entry with at = start + entry.at; whole = (start + first, length) }
    in
    Cstruct.sub t.content start (stop - start)
    |> Fat_directory.entries ~wide:t.wide
    |> List.iter (fun entry -> insert t (moved entry));
    t.gap <- min t.gap start;
    if stop > t.stop then t.stop <- Fat_directory.end_of_entries t.content start
