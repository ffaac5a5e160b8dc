(* SPDX-License-Identifier: ISC *)

type t = {
  account : Memory_budget.account;
  pieces : Cstruct.t Queue.t;
  mutable joined : Cstruct.t;  (** comes after [pieces] *)
  mutable room : Cstruct.t;  (** the free memory right behind [joined] *)
  mutable length : int;
  mutable charged : int;
}

let small_block = 0x800
let large_block = 0x4000

(* Of OCaml's heap, for what describes a piece. *)
let cost_of_piece = 64

let create account =
  {
    account;
    pieces = Queue.create ();
    joined = Cstruct.empty;
    room = Cstruct.empty;
    length = 0;
    charged = 0;
  }

let length t = t.length

let charge t =
  let holds =
    t.length + Cstruct.length t.room + (cost_of_piece * Queue.length t.pieces)
  in
  if holds <> t.charged then begin
    let change = holds - t.charged in
    t.charged <- holds;
    Memory_budget.hold t.account change
  end

let end_joined t =
  if Cstruct.length t.joined > 0 then Queue.add t.joined t.pieces;
  t.joined <- Cstruct.empty

(* [n] octets of room, which [blit] fills. *)
let extend t n blit =
  blit t.room;
  let before = Cstruct.length t.joined in
  let start = if before = 0 then t.room else t.joined in
  (* [room] starts where [joined] ends. *)
  t.joined <- Cstruct.of_bigarray ~off:start.off ~len:(before + n) start.buffer;
  t.room <- Cstruct.shift t.room n

let join t len blit =
  let rec go from =
    if from < len then begin
      if Cstruct.length t.room = 0 then begin
        end_joined t;
        let size =
          if
            (t.length <= small_block && len - from <= small_block)
            || Memory_budget.room t.account < large_block
          then small_block
          else large_block
        in
        t.room <- Cstruct.create_unsafe size
      end;
      let n = Int.min (len - from) (Cstruct.length t.room) in
      extend t n (fun room -> blit from room n);
      go (from + n)
    end
  in
  t.length <- t.length + len;
  go 0;
  charge t

(* A piece may keep as much memory again as it has octets. *)
let is_worth_keeping (buf : Cstruct.t) =
  Cstruct.length buf >= 512
  && 2 * Cstruct.length buf >= Bigarray.Array1.dim buf.buffer

let add t ~wanted buf =
  if (wanted && t.length = 0) || is_worth_keeping buf then begin
    end_joined t;
    t.room <- Cstruct.empty;
    Queue.add buf t.pieces;
    t.length <- t.length + Cstruct.length buf;
    charge t
  end
  else join t (Cstruct.length buf) (fun from room n -> Cstruct.blit buf from room 0 n)

let add_string t data =
  join t (String.length data) (fun from room n ->
      Cstruct.blit_from_string data from room 0 n)

let take t =
  let piece =
    match Queue.take_opt t.pieces with
    | Some _ as piece -> piece
    | None when Cstruct.length t.joined > 0 ->
      let joined = t.joined in
      t.joined <- Cstruct.empty;
      Some joined
    | None -> None
  in
  (match piece with
   | Some buf -> t.length <- t.length - Cstruct.length buf
   | None -> ());
  if t.length = 0 then t.room <- Cstruct.empty;
  charge t;
  piece

let clear t =
  Queue.clear t.pieces;
  t.joined <- Cstruct.empty;
  t.room <- Cstruct.empty;
  t.length <- 0;
  charge t
