(* SPDX-License-Identifier: ISC *)

type options = {
  codings : Compression.coding list;
  cache_control : string option;
  last_modified : string option;
}

let no_options = { codings = []; cache_control = None; last_modified = None }

(* Other formats are compressed already, or it is not known what they are. *)
let gains_by_compression key =
  match String.lowercase_ascii (Filename.extension key) with
  | ".html" | ".htm" | ".xhtml" | ".css" | ".js" | ".mjs" | ".json" | ".map"
  | ".webmanifest" | ".txt" | ".text" | ".log" | ".md" | ".csv" | ".xml" | ".atom"
  | ".rss" | ".svg" | ".wasm" | ".ico" | ".bmp" | ".ttf" | ".otf" | ".ps" ->
      true
  | _ -> false

(* Less fits into the packet that the head takes anyway. *)
let smallest = 512

(* A compressed form that saves less than a tenth costs more than it saves. *)
let is_worth_while ~compressed size = compressed <= size / 10 * 9

let digest { Entry.content; _ } =
  match content with
  | Text text -> Digest.string text
  | File path -> (
      try Digest.file path
      with Sys_error reason -> Problem.failf "%s" reason)

(* The forms that there are, worth while or not. *)
let compressed options ~cache ~digest ({ Entry.key; content; size } : Entry.t) =
  match content with
  | File path when gains_by_compression key && size >= smallest ->
      List.map
        (fun coding ->
          (coding, Compression.compress coding ~cache ~digest path))
        options.codings
  | File _ | Text _ -> []

let attributes options ~digest codings =
  let line name value = name ^ " " ^ value ^ "\n" in
  let optional name = Option.fold ~none:"" ~some:(line name) in
  line "etag" digest
  ^ optional "cache-control" options.cache_control
  ^ optional "last-modified" options.last_modified
  ^ String.concat ""
      (List.map (fun coding -> line "coding" (Compression.name coding)) codings)

let entries options ~cache files =
  let used = ref [] in
  let with_web (file : Entry.t) =
    let digest = Digest.to_hex (digest file) in
    let forms = compressed options ~cache ~digest file in
    used := List.map (fun (_, (path, _)) -> path) forms @ !used;
    let worth_while =
      List.filter
        (fun (_, (_, size)) -> is_worth_while ~compressed:size file.size)
        forms
    in
    let under suffix = file.key ^ "\000" ^ suffix in
    let form (coding, (path, size)) =
      { Entry.key = under (Compression.name coding); content = File path; size }
    in
    let codings = List.map fst worth_while in
    file
    :: Entry.text (under "http") (attributes options ~digest codings)
    :: List.map form worth_while
  in
  let entries = List.concat_map with_web files in
  Compression.keep ~cache !used;
  entries
