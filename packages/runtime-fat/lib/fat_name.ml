(* SPDX-License-Identifier: ISC *)

let replacement = 0xfffd
let add_char buffer code = Buffer.add_utf_8_uchar buffer (Uchar.of_int code)

(* The code points of UTF-8, or nothing. *)
let code_points text =
  let length = String.length text in
  let octet i = Char.code text.[i] in
  let rec continuation i n code =
    if n = 0 then Some code
    else if i < length && octet i land 0xc0 = 0x80 then
      continuation (i + 1) (n - 1) ((code lsl 6) lor (octet i land 0x3f))
    else None
  in
  let rec from i found =
    if i = length then Some (List.rev found)
    else
      let first = octet i in
      let following, start, least =
        if first < 0x80 then (0, first, 0)
        else if first land 0xe0 = 0xc0 then (1, first land 0x1f, 0x80)
        else if first land 0xf0 = 0xe0 then (2, first land 0x0f, 0x800)
        else if first land 0xf8 = 0xf0 then (3, first land 0x07, 0x1_0000)
        else (0, -1, 0)
      in
      match continuation (i + 1) following start with
      | Some code when code >= least && Uchar.is_valid code ->
          from (i + 1 + following) (code :: found)
      | Some _ | None -> None
  in
  from 0 []

let units code =
  if code < 0x1_0000 then [ code ]
  else
    let rest = code - 0x1_0000 in
    [ 0xd800 lor (rest lsr 10); 0xdc00 lor (rest land 0x3ff) ]

let is_forbidden code =
  code < 0x20
  || (code < 0x80 && String.contains "\"*/:<>?\\|\x7f" (Char.chr code))

let to_utf16 name =
  match code_points name with
  | None -> Error "it is not UTF-8"
  | Some [] -> Error "it is empty"
  | Some codes -> (
      match List.find_opt is_forbidden codes with
      | Some code -> Error (Printf.sprintf "it contains the character U+%04X" code)
      | None ->
          let units = List.concat_map units codes in
          if List.length units > 255 then Error "it is too long"
          else if String.contains ". " name.[String.length name - 1] then
            Error "it ends with a dot or a space"
          else Ok units)

let of_utf16 all =
  let buffer = Buffer.create 32 in
  let rec add = function
    | high :: low :: rest
      when high land 0xfc00 = 0xd800 && low land 0xfc00 = 0xdc00 ->
        add_char buffer
          (0x1_0000 + ((high land 0x3ff) lsl 10) + (low land 0x3ff));
        add rest
    | code :: rest ->
        add_char buffer (if Uchar.is_valid code then code else replacement);
        add rest
    | [] -> Buffer.contents buffer
  in
  add all

let fold name =
  match code_points name with
  | None -> name
  | Some codes ->
      let buffer = Buffer.create (String.length name) in
      List.iter (fun code -> add_char buffer (Fat_case.upper code)) codes;
      Buffer.contents buffer

type short = string

let base_length = 8
let extension_length = 3
let short_of_octets octets = octets

(* The octets from 0x80 on in code page 437, which short names are usually written in. *)
let code_page_437 =
  Option.get
    (code_points
       "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}")
  |> Array.of_list

let decode octets =
  let buffer = Buffer.create 16 in
  String.iter
    (fun c ->
      let code = Char.code c in
      add_char buffer (if code < 0x80 then code else code_page_437.(code - 0x80)))
    octets;
  Buffer.contents buffer

let trim_spaces text =
  let rec last i = if i > 0 && text.[i - 1] = ' ' then last (i - 1) else i in
  String.sub text 0 (last (String.length text))

let to_string ~flags short =
  (* A first octet of 0xe5 would mean that the entry is free. *)
  let short = if short.[0] = '\x05' then "\xe5" ^ String.sub short 1 10 else short in
  let part start length flag =
    let text = trim_spaces (String.sub short start length) in
    decode (if flags land flag <> 0 then String.lowercase_ascii text else text)
  in
  let base = part 0 base_length 0x08 in
  match part base_length extension_length 0x10 with
  | "" -> base
  | extension -> base ^ "." ^ extension

let is_short_char = function
  | 'A' .. 'Z' | '0' .. '9' -> true
  | c -> String.contains "!#$%&'()-@^_`{}~" c

let pad text length = text ^ String.make (length - String.length text) ' '
let prefix text length = String.sub text 0 (min length (String.length text))

(* Base and extension in the characters of short names, and whether nothing but the
   case of letters was lost. *)
let reduce name =
  let lossy = ref false in
  let clean text =
    let buffer = Buffer.create 16 in
    let add code =
      match Char.uppercase_ascii (Char.chr (min code 0x7f)) with
      | ' ' | '.' -> lossy := true
      | c when is_short_char c -> Buffer.add_char buffer c
      | _ ->
          lossy := true;
          Buffer.add_char buffer '_'
    in
    List.iter add (Option.value (code_points text) ~default:[]);
    Buffer.contents buffer
  in
  let base, extension =
    match String.rindex_opt name '.' with
    | Some dot when dot > 0 ->
        ( String.sub name 0 dot,
          String.sub name (dot + 1) (String.length name - dot - 1) )
    | Some _ | None -> (name, "")
  in
  let base = clean base and extension = clean extension in
  if
    String.length base > base_length
    || String.length extension > extension_length
    || base = ""
  then lossy := true;
  (prefix base base_length, prefix extension extension_length, not !lossy)

type numbers = (string, int) Hashtbl.t

let no_numbers () = Hashtbl.create 16

let shorten ~is_taken ~numbers name =
  let base, extension, is_exact = reduce name in
  let with_base base = pad base base_length ^ pad extension extension_length in
  let plain = with_base base in
  if is_exact && not (is_taken plain) then
    (plain, String.uppercase_ascii name = name)
  else
    let beginning = with_base (prefix base (base_length - 2)) in
    let rec numbered n =
      let tail = "~" ^ string_of_int n in
      let candidate = with_base (prefix base (base_length - String.length tail) ^ tail) in
      if is_taken candidate then numbered (n + 1)
      else (
        Hashtbl.replace numbers beginning (n + 1);
        candidate)
    in
    (numbered (Option.value (Hashtbl.find_opt numbers beginning) ~default:1), false)

let checksum short =
  let add sum c =
    ((((sum land 1) lsl 7) lor (sum lsr 1)) + Char.code c) land 0xff
  in
  String.fold_left add 0 short
