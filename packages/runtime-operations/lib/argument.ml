(* SPDX-License-Identifier: ISC *)

type 'a kind = {
  what : string;  (** "a whole number" *)
  form : string;  (** what stands for a value in the help *)
  read : string -> 'a option;
  is_flag : bool;
  repeats : bool;
}

let simple what form read = { what; form; read; is_flag = false; repeats = false }
let kind what read = simple what "VALUE" read
let string = simple "a text" "TEXT" Option.some

(* [int_of_string] takes hexadecimal numbers and underscores as well. *)
let decimal text =
  let digits = match String.length text with 0 -> "" | _ when text.[0] = '-' -> String.sub text 1 (String.length text - 1) | _ -> text in
  let is_digit c = c >= '0' && c <= '9' in
  if digits <> "" && String.for_all is_digit digits then int_of_string_opt text else None

let int = simple "a whole number" "NUMBER" decimal

let bool =
  { (simple "true or false" "true|false" bool_of_string_opt) with is_flag = true }

let ok = function Ok value -> Some value | Error _ -> None
let address = simple "an IPv4 address" "ADDRESS" (fun text -> ok (Ipaddr.V4.of_string text))

let cidr =
  simple "a network such as 10.0.0.0/24" "ADDRESS/BITS" (fun text ->
      match ok (Ipaddr.V4.Prefix.of_string text) with
      | Some prefix -> Some (Ipaddr.V4.Prefix.address prefix, Ipaddr.V4.Prefix.prefix prefix)
      | None -> None)

let cidr_exn text =
  match cidr.read text with Some cidr -> cidr | None -> invalid_arg ("Argument.cidr_exn: " ^ text)

(* A number and the unit behind it, where the text begins. *)
let rec quantities text start found =
  let length = String.length text in
  let rec skip is i = if i < length && is text.[i] then skip is (i + 1) else i in
  let digit = skip (fun c -> (c >= '0' && c <= '9') || c = '.') start in
  let last = skip (fun c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) digit in
  if start = length then Some (List.rev found)
  else if digit = start then None
  else
    let number = String.sub text start (digit - start) in
    let unit = String.sub text digit (last - digit) in
    quantities text last ((number, unit) :: found)

let duration =
  let seconds = function
    | "ms" -> Some 0.001
    | "s" -> Some 1.
    | "m" -> Some 60.
    | "h" -> Some 3600.
    | "d" -> Some 86400.
    | _ -> None
  in
  let add sum (number, unit) =
    match (sum, float_of_string_opt number, seconds unit) with
    | Some sum, Some number, Some unit -> Some (sum +. (number *. unit))
    | _ -> None
  in
  simple "a duration such as 90s, 5m or 1h30m" "DURATION" (fun text ->
      match quantities text 0 [] with
      | None | Some [] -> None
      | Some parts -> List.fold_left add (Some 0.) parts)

let size =
  let shift = function
    | "" | "B" -> Some 0
    | "K" | "KiB" -> Some 10
    | "M" | "MiB" -> Some 20
    | "G" | "GiB" -> Some 30
    | _ -> None
  in
  simple "a size such as 64MiB" "SIZE" (fun text ->
      match quantities text 0 [] with
      | Some [ (number, unit) ] -> (
          match (decimal number, shift unit) with
          | Some number, Some shift when number <= max_int asr shift -> Some (number lsl shift)
          | _ -> None)
      | _ -> None)

let port =
  simple "a port, from 1 to 65535" "PORT" (fun text ->
      match decimal text with Some n when n >= 1 && n <= 65535 -> Some n | _ -> None)

let rec all read = function
  | [] -> Some []
  | item :: items -> (
      match (read item, all read items) with
      | Some item, Some items -> Some (item :: items)
      | _ -> None)

let list { what; form; read; _ } =
  let items text =
    String.split_on_char ',' text |> List.map String.trim |> List.filter (( <> ) "")
  in
  {
    what = what ^ ", or several with commas between them";
    form = form ^ ",…";
    read = (fun text -> all read (items text));
    is_flag = false;
    repeats = true;
  }

(* {1 What was given} *)

type input = { words : string list; variable : string -> string option }

let of_process () =
  let words = match Array.to_list Sys.argv with [] -> [] | _ :: words -> words in
  { words; variable = Sys.getenv_opt }

let given = ref None
let set_input input = given := Some input

let input () =
  match !given with
  | Some input -> input
  | None ->
      let input = of_process () in
      set_input input;
      input

(* {1 What is declared} *)

type declared = {
  name : string;
  usage : string;  (** as the help has it *)
  doc : string;
  takes_flag : bool;
  problem : input -> string option;
}

let declared : declared list ref = ref []
let takes_rest = ref false
let option_of name = "--" ^ name

let variable_of name =
  "ARGUMENT_"
  ^ String.uppercase_ascii (String.map (function '-' -> '_' | c -> c) name)

let is_declared name = List.exists (fun d -> d.name = name) !declared

let check_name name =
  let is_fit = function 'a' .. 'z' | '0' .. '9' | '-' -> true | _ -> false in
  let is_wrong =
    name = "" || name.[0] < 'a' || name.[0] > 'z' || not (String.for_all is_fit name)
  in
  if is_wrong then invalid_arg (Printf.sprintf "Argument: %S cannot be an argument's name" name);
  if name = "help" || is_declared name then
    invalid_arg (Printf.sprintf "Argument: there is an argument %s already" (option_of name))

(* {1 The command line} *)

type piece = Argument of string * string option | Word of string

let is_option word =
  String.length word > 2 && word.[0] = '-' && word.[1] = '-' && word.[2] <> '-'

let is_flag name = List.exists (fun d -> d.name = name && d.takes_flag) !declared

(* A word that begins like an argument is one, unless it stands behind [--]. *)
let rec pieces = function
  | [] -> []
  | "--" :: words -> List.map (fun word -> Word word) words
  | word :: words when is_option word -> (
      let text = String.sub word 2 (String.length word - 2) in
      match (String.index_opt text '=', words) with
      | Some at, _ ->
          let value = String.sub text (at + 1) (String.length text - at - 1) in
          Argument (String.sub text 0 at, Some value) :: pieces words
      | None, value :: words when is_flag text && bool.read value <> None ->
          Argument (text, Some value) :: pieces words
      | None, value :: words when (not (is_flag text)) && not (is_option value || value = "--") ->
          Argument (text, Some value) :: pieces words
      | None, words ->
          Argument (text, if is_flag text then Some "true" else None) :: pieces words)
  | word :: words -> Word word :: pieces words

let values name input =
  pieces input.words
  |> List.filter_map (function
       | Argument (found, value) when found = name -> Some value
       | Argument _ | Word _ -> None)

type 'a outcome = Absent | Wrong of string | Found of 'a

let wrong kind place text = Wrong (Printf.sprintf "%s: `%s` is not %s" place text kind.what)

let read_in kind place text =
  match kind.read text with Some value -> Found value | None -> wrong kind place text

let outcome kind name input =
  match (List.rev (values name input), input.variable (variable_of name)) with
  | [], None -> Absent
  | [], Some text -> read_in kind (variable_of name) text
  | last :: earlier, _ -> (
      let all = if kind.repeats then List.rev (last :: earlier) else [ last ] in
      if List.mem None all then Wrong (option_of name ^ ": there is no value behind it")
      else
        let texts = List.filter_map Fun.id all in
        read_in kind (option_of name) (String.concat "," texts))

let stop message =
  prerr_endline message;
  exit 2

let missing kind name =
  Printf.sprintf "%s is missing: give it %s, or set %s" (option_of name) kind.what
    (variable_of name)

let declare kind doc name ~usage ~problem =
  check_name name;
  let takes_flag = kind.is_flag in
  declared := { name; usage; doc; takes_flag; problem } :: !declared

let usage { form; is_flag; _ } name =
  if is_flag then option_of name else option_of name ^ " " ^ form

let value kind ?default ?(doc = "") name =
  let problem input =
    match outcome kind name input with
    | Wrong why -> Some why
    | Absent when default = None -> Some (missing kind name)
    | Absent | Found _ -> None
  in
  declare kind doc name ~usage:(usage kind name) ~problem;
  fun () ->
    match (outcome kind name (input ()), default) with
    | Found value, _ | Absent, Some value -> value
    | Wrong why, _ -> stop why
    | Absent, None -> stop (missing kind name)

let optional kind ?(doc = "") name =
  let problem input =
    match outcome kind name input with Wrong why -> Some why | Absent | Found _ -> None
  in
  declare kind doc name ~usage:(usage kind name) ~problem;
  fun () ->
    match outcome kind name (input ()) with
    | Found value -> Some value
    | Absent -> None
    | Wrong why -> stop why

let rest () =
  takes_rest := true;
  fun () ->
    pieces (input ()).words
    |> List.filter_map (function
         | Word word -> Some word
         | Argument (name, _) when is_declared name -> None
         | Argument (name, None) -> Some (option_of name)
         | Argument (name, Some value) -> Some (option_of name ^ "=" ^ value))

(* {1 What is wrong} *)

(* How many letters have to be added, left out or replaced. *)
let distance a b =
  let row = Array.init (String.length b + 1) Fun.id in
  String.iteri
    (fun i c ->
      let diagonal = ref row.(0) in
      row.(0) <- i + 1;
      String.iteri
        (fun j d ->
          let replaced = !diagonal + if c = d then 0 else 1 in
          diagonal := row.(j + 1);
          row.(j + 1) <- min replaced (1 + min row.(j) row.(j + 1)))
        b)
    a;
  row.(String.length b)

let nearest name =
  let swapped d = List.sort compare (String.split_on_char '-' d.name) in
  let parts = List.sort compare (String.split_on_char '-' name) in
  let is_near d = distance d.name name <= 1 + (String.length name / 4) || swapped d = parts in
  let names = List.filter is_near !declared in
  let closer a b = if distance a.name name <= distance b.name name then a else b in
  match names with [] -> None | first :: others -> Some (List.fold_left closer first others).name

let unknown name =
  let hint =
    match nearest name with
    | Some near -> "did you mean " ^ option_of near ^ "?"
    | None -> "--help lists what there is"
  in
  Printf.sprintf "%s: there is no such argument; %s" (option_of name) hint

let problem_of_piece = function
  | Argument (name, _) when is_declared name -> None
  | Argument (name, _) -> Some (unknown name)
  | Word word -> Some (Printf.sprintf "`%s` belongs to no argument" word)

let problems input =
  let strange =
    if !takes_rest then [] else List.filter_map problem_of_piece (pieces input.words)
  in
  strange @ List.filter_map (fun d -> d.problem input) (List.rev !declared)

let help program =
  let usages = List.sort (fun a b -> compare a.name b.name) !declared in
  let width = List.fold_left (fun width d -> max width (String.length d.usage)) 6 usages in
  let line usage doc = String.trim (Printf.sprintf "%-*s  %s" width usage doc) in
  let lines = List.map (fun d -> "  " ^ line d.usage d.doc) usages in
  String.concat "\n"
    ((("Arguments of " ^ program ^ ":") :: lines)
    @ [
        "  " ^ line "--help" "print this and end";
        "Each can also be set by an environment variable, such as ARGUMENT_LOG_LEVEL.";
      ])

let asks_for_help { words; _ } =
  (not (is_declared "help"))
  && List.exists (function Argument ("help", _) -> true | _ -> false) (pieces words)

let check program =
  let input = input () in
  if asks_for_help input then begin
    print_endline (help program);
    exit 0
  end;
  match problems input with
  | [] -> ()
  | problems ->
      List.iter (fun problem -> prerr_endline (program ^ ": " ^ problem)) problems;
      exit 2
