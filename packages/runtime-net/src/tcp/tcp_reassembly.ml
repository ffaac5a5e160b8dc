(* SPDX-License-Identifier: ISC *)

module Map = Map.Make (struct
  type t = int

  let compare = Tcp_seq.diff
end)

type piece = Kept of Cstruct.t | Copied of string

type t = {
  account : Memory_budget.account;
  max_pieces : int;
  mutable pieces : piece Map.t;
  mutable count : int;
  mutable ranges : (int * int) list;
}

(* Of OCaml's heap, for what describes a piece. *)
let cost_of_piece = 128

let create account ~max_pieces =
  { account; max_pieces; pieces = Map.empty; count = 0; ranges = [] }

let is_empty t = t.count = 0
let ranges t = t.ranges

let length = function
  | Kept buf -> Cstruct.length buf
  | Copied data -> String.length data

let cost = function
  | Kept buf -> Cstruct.length buf + cost_of_piece
  | Copied data -> (2 * String.length data) + cost_of_piece

(* A piece may keep as much memory again as it has octets. *)
let piece_of (buf : Cstruct.t) =
  if 2 * Cstruct.length buf >= Bigarray.Array1.dim buf.buffer then Kept buf
  else Copied (Cstruct.to_string buf)

(* Ranges that meet the one from [first] to [last] become one with it. *)
let note_range t first last =
  let rec go first last others = function
    | [] -> (first, last) :: List.rev others
    | (first', last') :: rest
      when Tcp_seq.leq first' last && Tcp_seq.leq first last' ->
      go (Tcp_seq.min first first') (Tcp_seq.max last last') others rest
    | range :: rest -> go first last (range :: others) rest
  in
  t.ranges <- go first last [] t.ranges

let add t at buf =
  let piece = piece_of buf in
  t.pieces <- Map.add at piece t.pieces;
  t.count <- t.count + 1;
  note_range t at (Tcp_seq.add at (Cstruct.length buf));
  Memory_budget.hold t.account (cost piece)

let remove t at piece =
  t.pieces <- Map.remove at t.pieces;
  t.count <- t.count - 1;
  Memory_budget.hold t.account (-cost piece)

let rec insert_piece t at data =
  let len = Cstruct.length data in
  if len > 0 && t.count < t.max_pieces then
    match Map.find_last_opt (fun start -> Tcp_seq.leq start at) t.pieces with
    | Some (start, piece) when Tcp_seq.diff at start < length piece ->
      let known = Int.min len (length piece - Tcp_seq.diff at start) in
      insert_piece t (Tcp_seq.add at known) (Cstruct.shift data known)
    | Some _ | None -> (
      match Map.find_first_opt (fun start -> Tcp_seq.gt start at) t.pieces with
      | Some (start, _) when Tcp_seq.diff start at < len ->
        let head, tail = Cstruct.split data (Tcp_seq.diff start at) in
        add t at head;
        insert_piece t start tail
      | Some _ | None -> add t at data)

let insert t ~at parts =
  let one at part =
    insert_piece t at part;
    Tcp_seq.add at (Cstruct.length part)
  in
  ignore (List.fold_left one at parts)

let shift piece n =
  match piece with
  | _ when n = 0 -> piece
  | Kept buf -> Kept (Cstruct.shift buf n)
  | Copied data -> Copied (String.sub data n (String.length data - n))

let rec take t ~at =
  match Map.min_binding_opt t.pieces with
  | Some (start, piece) when Tcp_seq.leq start at ->
    remove t start piece;
    let old = Tcp_seq.diff at start in
    if old < length piece then Some (shift piece old) else take t ~at
  | Some _ | None ->
    t.ranges <- List.filter (fun (_, last) -> Tcp_seq.gt last at) t.ranges;
    None

let clear t =
  Map.iter (fun at piece -> remove t at piece) t.pieces;
  t.ranges <- []
