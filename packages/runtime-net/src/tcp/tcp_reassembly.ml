(* SPDX-License-Identifier: ISC *)

module Map = Map.Make (struct
  type t = int

  let compare = Tcp_seq.diff
end)

type t = { max_pieces : int; mutable pieces : Cstruct.t Map.t; mutable count : int }

let create ~max_pieces = { max_pieces; pieces = Map.empty; count = 0 }
let is_empty t = t.count = 0

let add t at data =
  t.pieces <- Map.add at (Small_copy.of_frame data) t.pieces;
  t.count <- t.count + 1

let remove t at =
  t.pieces <- Map.remove at t.pieces;
  t.count <- t.count - 1

let rec insert_piece t at data =
  let len = Cstruct.length data in
  if len > 0 && t.count < t.max_pieces then
    match Map.find_last_opt (fun start -> Tcp_seq.leq start at) t.pieces with
    | Some (start, piece)
      when Tcp_seq.diff at start < Cstruct.length piece ->
      let known = Int.min len (Cstruct.length piece - Tcp_seq.diff at start) in
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

let rec take t ~at =
  match Map.min_binding_opt t.pieces with
  | Some (start, piece) when Tcp_seq.leq start at ->
    remove t start;
    let old = Tcp_seq.diff at start in
    if old < Cstruct.length piece then Some (Cstruct.shift piece old)
    else take t ~at
  | Some _ | None -> None
