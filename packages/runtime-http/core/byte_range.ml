(* SPDX-License-Identifier: ISC *)

type t = Whole | Parts of (int64 * int64) list | Unsatisfiable

exception Malformed

let max_parts = 16

(* What is beyond any size is as good as the largest number. *)
let position s =
  if s = "" || not (String.for_all Grammar.is_digit s) then raise_notrace Malformed
  else Option.value (Grammar.number s ~max:Int64.max_int) ~default:Int64.max_int

(* Offset and length; [None] if it cannot be satisfied. *)
let part size spec =
  match String.split_on_char '-' spec with
  | [ ""; suffix ] -> (
      match min (position suffix) size with
      | 0L -> None
      | length -> Some (Int64.sub size length, length))
  | [ first; last ] ->
      let first = position first in
      let last = if last = "" then Int64.max_int else position last in
      if Int64.compare last first < 0 then raise_notrace Malformed
      else if Int64.compare first size >= 0 then None
      else
        let last = min last (Int64.pred size) in
        Some (first, Int64.succ (Int64.sub last first))
  | _ -> raise_notrace Malformed

let ranges value =
  match String.index_opt value '=' with
  | Some 5 when Grammar.equal_token (String.sub value 0 5) "bytes" ->
      Grammar.elements (String.sub value 6 (String.length value - 6))
  | Some _ | None -> raise_notrace Malformed

let parse value ~size =
  match List.map (part size) (ranges value) with
  | exception Malformed -> Whole
  | [] -> Whole
  | parts -> (
      match List.filter_map Fun.id parts with
      | [] -> Unsatisfiable
      | found ->
          let length = List.fold_left (fun n (_, l) -> Int64.add n l) 0L found in
          if
            List.length parts > max_parts
            || (List.length found > 1 && Int64.compare length size > 0)
          then Whole
          else Parts found)
