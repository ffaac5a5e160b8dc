(* SPDX-License-Identifier: ISC *)

type t = { mutable count : int }

let counters : (string, t) Hashtbl.t = Hashtbl.create 64
let gauges : (string, unit -> int) Hashtbl.t = Hashtbl.create 8
let told : (string -> unit) ref = ref ignore

let counter name =
  match Hashtbl.find_opt counters name with
  | Some t -> t
  | None ->
      let t = { count = 0 } in
      Hashtbl.add counters name t;
      !told name;
      t

let add t n = t.count <- (t.count + n) land max_int
let increment t = add t 1
let value t = t.count

let gauge name f =
  Hashtbl.replace gauges name f;
  !told name

let is_gauge = Hashtbl.mem gauges

let current name =
  match (Hashtbl.find_opt counters name, Hashtbl.find_opt gauges name) with
  | Some t, _ -> t.count
  | None, Some f -> f ()
  | None, None -> 0

let on_each f =
  told := f;
  Hashtbl.iter (fun name _ -> f name) counters;
  Hashtbl.iter (fun name _ -> f name) gauges

let all () =
  let counted = Hashtbl.fold (fun name t all -> (name, t.count) :: all) counters [] in
  let both = Hashtbl.fold (fun name f all -> (name, f ()) :: all) gauges counted in
  List.sort compare both

let to_text () =
  let line (name, value) = Printf.sprintf "%-32s%d\n" name value in
  String.concat "" (List.map line (all ()))
