(* SPDX-License-Identifier: ISC *)

type t = {
  pieces : Cstruct.t Queue.t;
  mutable joined : Cstruct.t;  (** comes after [pieces] *)
  mutable room : Cstruct.t;  (** the free memory right behind [joined] *)
  mutable length : int;
}

let block_size = 4096

let create () =
  {
    pieces = Queue.create ();
    joined = Cstruct.empty;
    room = Cstruct.empty;
    length = 0;
  }

let length t = t.length

let end_joined t =
  if Cstruct.length t.joined > 0 then Queue.add t.joined t.pieces;
  t.joined <- Cstruct.empty

let join t buf =
  let len = Cstruct.length buf in
  if Cstruct.length t.room < len then begin
    end_joined t;
    t.room <- Cstruct.create_unsafe block_size;
  end;
  Cstruct.blit buf 0 t.room 0 len;
  let before = Cstruct.length t.joined in
  let start = if before = 0 then Cstruct.sub t.room 0 0 else t.joined in
  (* [room] starts where [joined] ends. *)
  t.joined <- Cstruct.of_bigarray ~off:start.off ~len:(before + len) start.buffer;
  t.room <- Cstruct.shift t.room len

let add t buf =
  t.length <- t.length + Cstruct.length buf;
  if t.length > Cstruct.length buf && Small_copy.is_small buf then join t buf
  else begin
    end_joined t;
    Queue.add (Small_copy.of_frame buf) t.pieces
  end

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
  piece
