(* SPDX-License-Identifier: ISC *)

(* Random operations against a model: a map from paths to contents. *)

open Support
module Paths = Map.Make (String)

type operation =
  | Create of string
  | Mkdir of string
  | Destroy of string
  | Write of string * int * string
  | Read of string * int * int
  | List of string
  | Reconnect

type node = File of string | Folder

let print = function
  | Create path -> "create " ^ path
  | Mkdir path -> "mkdir " ^ path
  | Destroy path -> "destroy " ^ path
  | Write (path, offset, text) ->
      Printf.sprintf "write %s %d +%d" path offset (String.length text)
  | Read (path, offset, length) -> Printf.sprintf "read %s %d +%d" path offset length
  | List path -> "list " ^ path
  | Reconnect -> "reconnect"

let operations =
  let open QCheck2.Gen in
  let name =
    oneofl
      [
        "A"; "b"; "a long name, with comma"; "FILE.TXT"; "caf\xc3\xa9.html";
        "a long name 1"; "a long name 2"; String.make 200 'l';
      ]
  in
  let path =
    map
      (fun names -> "/" ^ String.concat "/" names)
      (list_size (frequencyl [ (3, 1); (3, 2); (1, 3) ]) name)
  in
  let position = oneof [ int_bound 20; int_bound 3000; int_bound 20_000 ] in
  let text = map2 (fun seed length -> pattern ~seed length) small_nat position in
  let operation =
    frequency
      [
        (4, map (fun path -> Create path) path);
        (3, map (fun path -> Mkdir path) path);
        (3, map (fun path -> Destroy path) path);
        (6, map3 (fun path offset text -> Write (path, offset, text)) path position text);
        (4, map3 (fun path offset n -> Read (path, offset, n)) path position position);
        (2, map (fun path -> List path) (oneof [ pure "/"; path ]));
        (1, pure Reconnect);
      ]
  in
  list_size (int_range 1 60) operation

let parent path =
  match Filename.dirname path with "." -> "/" | folder -> folder

let lookup model path = if path = "/" then Some Folder else Paths.find_opt path model

let children model path =
  Paths.fold
    (fun child _ names ->
      if child <> "/" && parent child = path then Filename.basename child :: names
      else names)
    model []

let overwrite content offset text =
  let length = max (String.length content) (offset + String.length text) in
  let result = Bytes.make length '\000' in
  Bytes.blit_string content 0 result 0 (String.length content);
  Bytes.blit_string text 0 result offset (String.length text);
  Bytes.to_string result

(* The model after an operation, or nothing if the operation must fail. *)
let step model operation =
  let add path node =
    if lookup model path = None && lookup model (parent path) = Some Folder then
      Some (Paths.add path node model)
    else None
  in
  match operation with
  | Create path -> add path (File "")
  | Mkdir path -> add path Folder
  | Destroy path ->
      if lookup model path <> None && children model path = [] then
        Some (Paths.remove path model)
      else None
  | Write (path, offset, text) -> (
      match lookup model path with
      | Some (File content) when text <> "" ->
          Some (Paths.add path (File (overwrite content offset text)) model)
      | Some (File _) -> Some model
      | Some Folder | None -> None)
  | Read (path, _, _) -> (
      match lookup model path with
      | Some (File _) -> Some model
      | Some Folder | None -> None)
  | List path -> if lookup model path = Some Folder then Some model else None
  | Reconnect -> Some model

let part content offset length =
  let available = max 0 (min length (String.length content - offset)) in
  if available = 0 then "" else String.sub content offset available

(* Whether what the file system answers is what the model says. *)
let agrees model fs = function
  | Create path -> Result.is_ok (result (F.create fs path))
  | Mkdir path -> Result.is_ok (result (F.mkdir fs path))
  | Destroy path -> Result.is_ok (result (F.destroy fs path))
  | Write (path, offset, text) -> Result.is_ok (result (write fs path offset text))
  | Read (path, offset, length) -> (
      match (read_part fs path offset length, lookup model path) with
      | Ok text, Some (File content) -> text = part content offset length
      | Ok _, (Some Folder | None) | Error _, _ -> false)
  | List path -> (
      match result (F.listdir fs path) with
      | Ok names ->
          List.sort compare names = List.sort compare (children model path)
      | Error _ -> false)
  | Reconnect -> true

let same_tree model fs =
  let rec same path =
    match lookup model path with
    | Some (File content) -> read_all fs path = content
    | Some Folder ->
        let names = List.sort compare (children model path) in
        listdir fs path = names
        && List.for_all (fun name -> same (Filename.concat path name)) names
    | None -> false
  in
  same "/"

let run disk operations =
  let fs = ref (connect disk) in
  let perform model operation =
    if operation = Reconnect then fs := connect disk;
    match step model operation with
    | None when agrees model !fs operation ->
        QCheck2.Test.fail_reportf "%s must fail" (print operation)
    | None -> model
    | Some after ->
        if not (agrees model !fs operation) then
          QCheck2.Test.fail_reportf "%s goes wrong" (print operation);
        after
  in
  let model = List.fold_left perform Paths.empty operations in
  same_tree model !fs && same_tree model (connect disk)

let law name size =
  let disk, _ = formatted size in
  QCheck2.Test.make ~name ~count:150
    ~print:(fun operations -> String.concat "\n" (List.map print operations))
    operations
    (fun operations -> run (Ram_disk.copy disk) operations)

(* Many operations on one disk, which another program then examines. *)
let accepted () =
  List.iter
    (fun size ->
      let disk, fs = formatted size in
      let generate () = List.concat (QCheck2.Gen.generate ~n:20 operations) in
      List.iter
        (fun operation -> ignore (agrees Paths.empty fs operation : bool))
        (generate ());
      fsck disk)
    [ 2 * mib; 16 * mib; 520 * mib ]

let suite =
  [
    property (law "FAT12 is like the model" (3 * mib));
    property (law "FAT16 is like the model" (16 * mib));
    property (law "FAT32 is like the model" (520 * mib));
    case "fsck.fat accepts the result" accepted;
  ]
