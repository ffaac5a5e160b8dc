(* SPDX-License-Identifier: ISC *)

type t = {
  etag : string option;
  last_modified : string option;
  cache_control : string option;
  codings : string list;
}

let none =
  { etag = None; last_modified = None; cache_control = None; codings = [] }

let line t text =
  match String.index_opt text ' ' with
  | None -> t
  | Some space -> (
      let value = String.sub text (space + 1) (String.length text - space - 1) in
      match String.sub text 0 space with
      | "etag" -> { t with etag = Some value }
      | "last-modified" -> { t with last_modified = Some value }
      | "cache-control" -> { t with cache_control = Some value }
      | "coding" -> { t with codings = t.codings @ [ value ] }
      | _ -> t)

let parse text = List.fold_left line none (String.split_on_char '\n' text)
let coded key coding = key ^ "\000" ^ coding
let key_of key = coded key "http"
let is_file key = not (String.contains key '\000')
