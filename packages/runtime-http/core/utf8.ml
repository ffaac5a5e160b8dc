(* SPDX-License-Identifier: ISC *)

let is_valid s =
  let length = String.length s in
  let between i low high = i < length && s.[i] >= low && s.[i] <= high in
  let tail i = between i '\x80' '\xbf' in
  let rec from i =
    i >= length
    ||
    match s.[i] with
    | '\x00' .. '\x7f' -> from (i + 1)
    | '\xc2' .. '\xdf' -> tail (i + 1) && from (i + 2)
    | '\xe0' .. '\xef' as c ->
        let low = if c = '\xe0' then '\xa0' else '\x80' in
        let high = if c = '\xed' then '\x9f' else '\xbf' in
        between (i + 1) low high && tail (i + 2) && from (i + 3)
    | '\xf0' .. '\xf4' as c ->
        let low = if c = '\xf0' then '\x90' else '\x80' in
        let high = if c = '\xf4' then '\x8f' else '\xbf' in
        between (i + 1) low high && tail (i + 2) && tail (i + 3) && from (i + 4)
    | _ -> false
  in
  from 0
