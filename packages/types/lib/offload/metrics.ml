(* SPDX-License-Identifier: ISC *)

type labels = (string * string) list
type counter = float ref
type gauge = float ref

type histogram = {
  bounds : float array;
  counts : int array;  (** of the values up to each bound and above the one before *)
  mutable sum : float;
  mutable count : int;
}

type series = Value of float ref | Asked of (unit -> float) | Histogram of histogram
type kind = Counter | Gauge | Distribution

type family = {
  kind : kind;
  help : string;
  names : string list;  (** of the labels, in alphabetical order *)
  series : (labels, series) Hashtbl.t;
}

let families : (string, family) Hashtbl.t = Hashtbl.create 16

(* {1 Declaring} *)

let refuse name why = invalid_arg (Printf.sprintf "Metrics: %s: %s" name why)

let is_name ~colon text =
  let is_first = function
    | 'a' .. 'z' | 'A' .. 'Z' | '_' -> true
    | ':' -> colon
    | _ -> false
  in
  let is_next c = is_first c || (c >= '0' && c <= '9') in
  text <> "" && is_first text.[0] && String.for_all is_next text

let has_suffix suffix text =
  let n = String.length suffix and length = String.length text in
  length >= n && String.sub text (length - n) n = suffix

let check_label name kind label =
  let is_reserved = String.length label >= 2 && String.sub label 0 2 = "__" in
  if is_reserved || not (is_name ~colon:false label) then
    refuse name (Printf.sprintf "%S cannot be a label" label);
  if kind = Distribution && label = "le" then refuse name "the label le is the histogram's own"

let check name kind labels =
  if not (is_name ~colon:true name) then refuse name "that is no name of a metric";
  if (kind = Counter) <> has_suffix "_total" name then
    refuse name "names of counters end in _total, and no others do";
  List.iter (fun (label, _) -> check_label name kind label) labels

let rec has_twice = function
  | (a, _) :: ((b, _) :: _ as rest) -> a = b || has_twice rest
  | _ -> false

let family name kind help labels =
  let names = List.map fst labels in
  match Hashtbl.find_opt families name with
  | None ->
      let family = { kind; help; names; series = Hashtbl.create 4 } in
      Hashtbl.add families name family;
      family
  | Some family ->
      if family.kind <> kind then refuse name "it is declared as another kind";
      if family.help <> help then refuse name "it is declared with another help";
      if family.names <> names then refuse name "it is declared with other labels";
      family

let declare name kind help labels =
  let labels = List.sort compare labels in
  check name kind labels;
  if has_twice labels then refuse name "a label stands there twice";
  (family name kind help labels, labels)

(* The series with these labels, made by [create] if there is none. *)
let series ({ series; _ }, labels) create =
  match Hashtbl.find_opt series labels with
  | Some found -> found
  | None ->
      let made = create () in
      Hashtbl.add series labels made;
      made

let value_of name place =
  match series place (fun () -> Value (ref 0.)) with
  | Value value -> value
  | Asked _ | Histogram _ -> refuse name "somebody else keeps it"

let counter ~help ?(labels = []) name = value_of name (declare name Counter help labels)
let gauge ~help ?(labels = []) name = value_of name (declare name Gauge help labels)

let increment ?(by = 1.) counter =
  if not (by >= 0.) then invalid_arg "Metrics.increment: a counter only grows";
  counter := !counter +. by

let set gauge value = gauge := value
let add gauge change = gauge := !gauge +. change
let seconds = [ 0.005; 0.01; 0.025; 0.05; 0.1; 0.25; 0.5; 1.; 2.5; 5.; 10. ]

let rec ascends = function a :: (b :: _ as rest) -> a < b && ascends rest | _ -> true

let histogram ~help ?(labels = []) ?(buckets = seconds) name =
  if not (ascends buckets && List.for_all Float.is_finite buckets) then
    refuse name "the bounds of its buckets do not ascend";
  let bounds = Array.of_list buckets in
  let create () =
    Histogram { bounds; counts = Array.make (Array.length bounds) 0; sum = 0.; count = 0 }
  in
  match series (declare name Distribution help labels) create with
  | Histogram found when found.bounds = bounds -> found
  | Histogram _ | Value _ | Asked _ -> refuse name "it is declared with other buckets"

let observe t value =
  let rec place i =
    if i < Array.length t.bounds then
      if value <= t.bounds.(i) then t.counts.(i) <- t.counts.(i) + 1 else place (i + 1)
  in
  place 0;
  t.sum <- t.sum +. value;
  t.count <- t.count + 1

let asked kind ~help ?(labels = []) name f =
  let family, labels = declare name kind help labels in
  Hashtbl.replace family.series labels (Asked f)

let counted ~help ?labels name f = asked Counter ~help ?labels name f
let measured ~help ?labels name f = asked Gauge ~help ?labels name f

(* {1 Telling} *)

let current = function
  | Value value -> Some !value
  | Asked f -> Some (f ())
  | Histogram _ -> None

let value ?(labels = []) name =
  Option.bind (Hashtbl.find_opt families name) (fun { series; _ } ->
      Option.bind (Hashtbl.find_opt series (List.sort compare labels)) current)

let total name =
  match Hashtbl.find_opt families name with
  | None -> 0.
  | Some { series; _ } ->
      Hashtbl.fold (fun _ s sum -> sum +. Option.value ~default:0. (current s)) series 0.

let number value =
  if Float.is_nan value then "NaN"
  else if value = Float.infinity then "+Inf"
  else if value = Float.neg_infinity then "-Inf"
  else if Float.is_integer value && Float.abs value < 1e15 then Printf.sprintf "%.0f" value
  else
    let short = Printf.sprintf "%.12g" value in
    if float_of_string short = value then short else Printf.sprintf "%.17g" value

let escaped ~quotes text =
  let buffer = Buffer.create (String.length text) in
  String.iter
    (function
      | '\\' -> Buffer.add_string buffer "\\\\"
      | '\n' -> Buffer.add_string buffer "\\n"
      | '"' when quotes -> Buffer.add_string buffer "\\\""
      | c -> Buffer.add_char buffer c)
    text;
  Buffer.contents buffer

let label (name, value) = Printf.sprintf "%s=\"%s\"" name (escaped ~quotes:true value)

let line name labels value =
  let labels =
    match labels with
    | [] -> ""
    | labels -> "{" ^ String.concat "," (List.map label labels) ^ "}"
  in
  Printf.sprintf "%s%s %s\n" name labels value

let distribution name labels { bounds; counts; sum; count } =
  let bucket bound n = line (name ^ "_bucket") (labels @ [ ("le", bound) ]) (string_of_int n) in
  let below = ref 0 in
  let buckets =
    List.mapi
      (fun i bound ->
        below := !below + counts.(i);
        bucket (number bound) !below)
      (Array.to_list bounds)
  in
  String.concat ""
    (buckets
    @ [
        bucket "+Inf" count;
        line (name ^ "_sum") labels (number sum);
        line (name ^ "_count") labels (string_of_int count);
      ])

let lines name labels = function
  | Histogram histogram -> distribution name labels histogram
  | Value value -> line name labels (number !value)
  | Asked f -> line name labels (number (f ()))

let kind_name = function Counter -> "counter" | Gauge -> "gauge" | Distribution -> "histogram"

let sorted table =
  List.sort
    (fun (a, _) (b, _) -> compare a b)
    (Hashtbl.fold (fun key value all -> (key, value) :: all) table [])

let family_text (name, { kind; help; series; _ }) =
  Printf.sprintf "# HELP %s %s\n# TYPE %s %s\n%s" name (escaped ~quotes:false help) name
    (kind_name kind)
    (String.concat "" (List.map (fun (labels, s) -> lines name labels s) (sorted series)))

let to_text () = String.concat "" (List.map family_text (sorted families))
let content_type = "text/plain; version=0.0.4; charset=utf-8"
