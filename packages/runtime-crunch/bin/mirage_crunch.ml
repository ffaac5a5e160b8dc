(* SPDX-License-Identifier: ISC *)

let usage =
  "usage: mirage-crunch --name NAME --output DIR [OPTION...] FOLDER\n\n\
   Writes filesystem_NAME.ml, .mli, _stubs.c, _stubs.js and .bin to DIR: the module\n\
   Filesystem_NAME, a KV_RO device with the files of FOLDER. Files that would\n\
   stay the same are not touched. Symbolic links are followed within FOLDER;\n\
   with --links outside, to anywhere.\n\n\
   For a web server, each file has an ETag, and what these options say:\n\
  \  --compress CODING      a compressed form of what gains by it, made by gzip\n\
  \                         (CODING gzip) or brotli (br); may be repeated, the\n\
  \                         preferred one first\n\
  \  --cache-control VALUE  the Cache-Control of all files\n\
  \  --last-modified DATE   their Last-Modified, such as\n\
  \                         'Sun, 06 Nov 1994 08:49:37 GMT'\n"

exception Usage of string

type options = {
  name : string;
  output : string;
  folder : string;
  links : Folder.links;
  web : Web.options;
}

let is_name_char = function
  | 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '_' -> true
  | _ -> false

let check_name name =
  if name = "" || not (String.for_all is_name_char name) then
    raise (Usage (Printf.sprintf "%S is not made of letters, digits and _" name))

let check_value option value =
  if value = "" || String.exists (fun c -> c < ' ' || c = '\127') value then
    raise (Usage (option ^ " needs a value of printable characters"))

let coding value =
  match Compression.of_name value with
  | Some coding -> coding
  | None -> raise (Usage (Printf.sprintf "the coding %S is neither gzip nor br" value))

let links_of = function
  | "inside" -> Folder.Inside
  | "outside" -> Folder.Anywhere
  | value -> raise (Usage ("--links is inside or outside, not " ^ value))

let valued =
  [ "--name"; "--output"; "--links"; "--compress"; "--cache-control"; "--last-modified" ]

let parse arguments =
  let name = ref None and output = ref None and folder = ref None in
  let links = ref Folder.Inside and web = ref Web.no_options in
  let set option value =
    match option with
    | "--name" -> name := Some value
    | "--output" -> output := Some value
    | "--links" -> links := links_of value
    | "--compress" ->
        web := { !web with codings = (!web).codings @ [ coding value ] }
    | "--cache-control" ->
        check_value option value;
        web := { !web with cache_control = Some value }
    | _ ->
        check_value option value;
        web := { !web with last_modified = Some value }
  in
  let rec go = function
    | option :: value :: rest when List.mem option valued ->
        set option value;
        go rest
    | [ option ] when List.mem option valued ->
        raise (Usage (option ^ " needs a value"))
    | "--" :: [ value ] when !folder = None -> folder := Some value
    | option :: _ when String.length option > 1 && option.[0] = '-' ->
        raise (Usage ("unknown option " ^ option))
    | value :: rest when !folder = None ->
        folder := Some value;
        go rest
    | value :: _ -> raise (Usage ("one folder at a time, not also " ^ value))
    | [] -> ()
  in
  go arguments;
  match (!name, !output, !folder) with
  | Some name, Some output, Some folder ->
      check_name name;
      { name; output; folder; links = !links; web = !web }
  | None, _, _ -> raise (Usage "--name is missing")
  | _, None, _ -> raise (Usage "--output is missing")
  | _, _, None -> raise (Usage "the folder is missing")

let crunch { name; output; folder; links; web } =
  Output.make_folder output;
  let files = Folder.files ~links ~except:output folder in
  let path suffix =
    Filename.concat output (Printf.sprintf "filesystem_%s%s" name suffix)
  in
  let write_text suffix text =
    Output.write (path suffix) (fun write ->
        write (Bytes.of_string text) (String.length text))
  in
  (* dune looks into no folder whose name begins so. *)
  let cache = Filename.concat output ("_filesystem_" ^ name) in
  let entries = Web.entries web ~cache files in
  Output.write (path ".bin") (Image.produce entries);
  write_text "_stubs.c" (Source.stubs ~name);
  write_text "_stubs.js" (Source.javascript ~name);
  write_text ".mli" (Source.interface ~name);
  write_text ".ml" (Source.implementation ~name)

let () =
  let fail code text =
    prerr_string ("mirage-crunch: " ^ text ^ "\n");
    exit code
  in
  match List.tl (Array.to_list Sys.argv) with
  | arguments when List.mem "--help" arguments -> print_string usage
  | arguments -> (
      try crunch (parse arguments) with
      | Problem.Problem text -> fail 1 text
      | Usage text -> fail 2 (text ^ "\n" ^ usage))
