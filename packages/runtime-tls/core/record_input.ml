(* SPDX-License-Identifier: ISC *)

(* Pieces wait until a whole record is there, and are copied together once. *)
type t = {
  ready : Cstruct.t;
  pieces : Cstruct.t list;  (** behind [ready], the last first *)
  total : int;  (** octets in all *)
  needed : int;  (** octets of the next record, as far as is known *)
}

type record = { kind : int; header : string; body : Cstruct.t }

let header_length = 5

let empty =
  { ready = Cstruct.empty; pieces = []; total = 0; needed = header_length }

let add t piece =
  {
    t with
    pieces = piece :: t.pieces;
    total = t.total + Cstruct.length piece;
  }

let gathered t =
  if t.pieces = [] then t
  else
    let pieces = List.rev t.pieces in
    let all =
      if Cstruct.length t.ready = 0 then pieces else t.ready :: pieces
    in
    let ready =
      match all with [ one ] -> one | several -> Cstruct.concat several
    in
    { t with ready; pieces = [] }

(* Protection adds at most 256 octets: only protected records are of type 23. *)
let most kind = if kind = 23 then 0x4000 + 256 else 0x4000

let rec next t =
  if t.total < t.needed then (None, t)
  else
    let t = gathered t in
    let kind = Cstruct.get_uint8 t.ready 0 in
    let length = Cstruct.BE.get_uint16 t.ready 3 in
    if kind < 20 || kind > 23 then
      Alert.fatal Unexpected_message "%d is no type of a record" kind;
    if length > most kind then
      Alert.fatal Record_overflow "a record of %d octets" length;
    let needed = header_length + length in
    if t.total < needed then next { t with needed }
    else
      let header = Cstruct.to_string ~off:0 ~len:header_length t.ready in
      let body = Cstruct.sub t.ready header_length length in
      ( Some { kind; header; body },
        {
          ready = Cstruct.shift t.ready needed;
          pieces = [];
          total = t.total - needed;
          needed = header_length;
        } )
