(* SPDX-License-Identifier: ISC *)

type levels = { usual : Logs.level option; sources : (string * Logs.level option) list }

let level_of = function "quiet" -> Some None | text -> Result.to_option (Logs.level_of_string text)

(* The usual level stands alone, another one behind its source's name. *)
let add found item =
  match (found, String.rindex_opt item ':') with
  | None, _ -> None
  | Some found, None -> Option.map (fun usual -> { found with usual }) (level_of item)
  | Some found, Some at ->
      let source = String.sub item 0 at in
      let level = level_of (String.sub item (at + 1) (String.length item - at - 1)) in
      Option.map (fun level -> { found with sources = (source, level) :: found.sources }) level

let read usual text =
  List.fold_left add
    (Some { usual; sources = [] })
    (List.map String.trim (String.split_on_char ',' text))

let has_usual text =
  List.exists (fun item -> not (String.contains item ':')) (String.split_on_char ',' text)

(* What is left out of the argument is as the program was built. *)
let built_in = ref (Some Logs.Info)

let what =
  "a level (quiet, app, error, warning, info, debug), or levels such as warning,tcp:debug"

let levels = Argument.kind what (fun text -> read !built_in text)

let argument =
  Argument.optional levels ~doc:"what of the log is printed, such as info,tcp:debug" "log-level"

let set { usual; sources } =
  Logs.set_level ~all:true usual;
  let choose source =
    match List.assoc_opt (Logs.Src.name source) sources with
    | Some level -> Logs.Src.set_level source level
    | None -> ()
  in
  List.iter choose (Logs.Src.list ())

let change text =
  let source_of name = List.find_opt (fun s -> Logs.Src.name s = name) (Logs.Src.list ()) in
  match read None text with
  | None -> Error (Printf.sprintf "`%s` is not %s" text what)
  | Some { usual; sources } -> (
      match List.find_opt (fun (name, _) -> source_of name = None) sources with
      | Some (name, _) ->
          let known = List.sort_uniq compare (List.map Logs.Src.name (Logs.Src.list ())) in
          Error (Printf.sprintf "no source is called %s: there is %s" name (String.concat ", " known))
      | None ->
          if has_usual text then Logs.set_level ~all:true usual;
          let choose (name, level) =
            Option.iter (fun source -> Logs.Src.set_level source level) (source_of name)
          in
          Ok (List.iter choose (List.rev sources)))

(* Days since 1970-01-01 to year, month and day: the Gregorian calendar has the same 146,097
   days every 400 years. Years begin in March here, so that a leap day is the last. *)
let date days =
  let days = days + 719_468 in
  let era = days / 146_097 in
  let day = days - (era * 146_097) in
  let year = (day - (day / 1460) + (day / 36_524) - (day / 146_096)) / 365 in
  let day = day - ((365 * year) + (year / 4) - (year / 100)) in
  let month = ((5 * day) + 2) / 153 in
  let of_month = day - (((153 * month) + 2) / 5) + 1 in
  let month = if month < 10 then month + 3 else month - 9 in
  ((era * 400) + year + (if month <= 2 then 1 else 0), month, of_month)

let time now =
  let days = int_of_float (Float.floor (now /. 86_400.)) in
  let milliseconds = int_of_float ((now -. (float_of_int days *. 86_400.)) *. 1000.) in
  let year, month, day = date days in
  let seconds = milliseconds / 1000 in
  Printf.sprintf "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" year month day (seconds / 3600)
    (seconds / 60 mod 60) (seconds mod 60) (milliseconds mod 1000)

let line ~now level source text =
  Printf.sprintf "%s %s %s: %s" (time now)
    (Logs.level_to_string (Some level))
    source
    (String.concat "\n  " (String.split_on_char '\n' text))

let reporter now =
  let report source level ~over k message =
    message (fun ?header:_ ?tags:_ format ->
        Format.kasprintf
          (fun text ->
            prerr_endline (line ~now:(now ()) level (Logs.Src.name source) text);
            over ();
            k ())
          format)
  in
  { Logs.report }

let install ~now ~default =
  let built = Option.value ~default:{ usual = Some Logs.Info; sources = [] } (read None default) in
  built_in := built.usual;
  set (Option.value ~default:built (argument ()));
  Logs.set_reporter (reporter now)
