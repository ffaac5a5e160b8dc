(* SPDX-License-Identifier: ISC *)

let digit = function
  | '0' .. '9' as c -> Char.code c - Char.code '0'
  | 'a' .. 'f' as c -> Char.code c - Char.code 'a' + 10
  | 'A' .. 'F' as c -> Char.code c - Char.code 'A' + 10
  | _ -> -1

(* What is no percent-encoding stands for itself. *)
let decode s =
  if not (String.contains s '%') then s
  else
    let length = String.length s in
    let decoded = Buffer.create length in
    let rec from i =
      if i < length then
        if s.[i] = '%' && i + 2 < length && digit s.[i + 1] >= 0 && digit s.[i + 2] >= 0
        then begin
          Buffer.add_char decoded
            (Char.chr ((16 * digit s.[i + 1]) + digit s.[i + 2]));
          from (i + 3)
        end
        else begin
          Buffer.add_char decoded s.[i];
          from (i + 1)
        end
    in
    from 0;
    Buffer.contents decoded

let find_from target start is =
  let rec search i =
    if i >= String.length target || is target.[i] then i else search (i + 1)
  in
  search start

let is_path_end c = c = '?' || c = '#'

(* Where the path begins: behind the scheme and authority of an absolute-form. *)
let path_start target =
  if target = "" || target.[0] = '/' then 0
  else
    let colon = find_from target 0 (Char.equal ':') in
    find_from target (colon + 3) (fun c -> c = '/' || is_path_end c)

let rec skip_slashes target i =
  if i < String.length target && target.[i] = '/' then skip_slashes target (i + 1)
  else i

let without_slashes path =
  match skip_slashes path 0 with
  | 0 -> path
  | first -> String.sub path first (String.length path - first)

let of_target target =
  let start = min (path_start target) (String.length target) in
  let stop = find_from target start is_path_end in
  without_slashes (decode (String.sub target start (stop - start)))

let query target =
  let stop = String.length target in
  let start = find_from target 0 (Char.equal '?') in
  let stop = min stop (find_from target start (Char.equal '#')) in
  String.sub target start (stop - start)

let stands_for_itself = function
  | 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' -> true
  | '-' | '.' | '_' | '~' | '/' -> true
  | '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=' | ':' | '@' ->
      true
  | _ -> false

let to_target path =
  let path = without_slashes path in
  let encoded = Buffer.create (String.length path + 16) in
  Buffer.add_char encoded '/';
  String.iter
    (fun c ->
      if stands_for_itself c then Buffer.add_char encoded c
      else Buffer.add_string encoded (Printf.sprintf "%%%02X" (Char.code c)))
    path;
  Buffer.contents encoded

let key path =
  if path = "" || String.ends_with ~suffix:"/" path then path ^ "index.html"
  else path

let resolved path =
  let step above = function
    | "." -> above
    | ".." -> ( match above with [] -> [] | _ :: rest -> rest)
    | segment -> segment :: above
  in
  String.split_on_char '/' path |> List.fold_left step [] |> List.rev
  |> String.concat "/"
