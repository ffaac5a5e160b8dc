(* SPDX-License-Identifier: ISC *)

let usage =
  "usage: mirage-crunch --name NAME --output DIR FOLDER\n\n\
   Writes filesystem_NAME.ml, .mli, _stubs.c and .bin to DIR: the module\n\
   Filesystem_NAME, a KV_RO device with the files of FOLDER. Files that would\n\
   stay the same are not touched.\n"

exception Usage of string

type options = { name : string; output : string; folder : string }

let is_name_char = function
  | 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '_' -> true
  | _ -> false

let check_name name =
  if name = "" || not (String.for_all is_name_char name) then
    raise (Usage (Printf.sprintf "%S is not made of letters, digits and _" name))

let parse arguments =
  let rec go name output folder = function
    | "--name" :: value :: rest -> go (Some value) output folder rest
    | "--output" :: value :: rest -> go name (Some value) folder rest
    | [ (("--name" | "--output") as option) ] ->
        raise (Usage (option ^ " needs a value"))
    | "--" :: [ value ] when folder = None -> go name output (Some value) []
    | option :: _ when String.length option > 1 && option.[0] = '-' ->
        raise (Usage ("unknown option " ^ option))
    | value :: rest when folder = None -> go name output (Some value) rest
    | value :: _ -> raise (Usage ("one folder at a time, not also " ^ value))
    | [] -> (
        match (name, output, folder) with
        | Some name, Some output, Some folder -> { name; output; folder }
        | None, _, _ -> raise (Usage "--name is missing")
        | _, None, _ -> raise (Usage "--output is missing")
        | _, _, None -> raise (Usage "the folder is missing"))
  in
  let options = go None None None arguments in
  check_name options.name;
  options

let crunch { name; output; folder } =
  Output.make_folder output;
  let files = Folder.files ~except:output folder in
  let path suffix =
    Filename.concat output (Printf.sprintf "filesystem_%s%s" name suffix)
  in
  let write_text suffix text =
    Output.write (path suffix) (fun write ->
        write (Bytes.of_string text) (String.length text))
  in
  Output.write (path ".bin") (Image.produce files);
  write_text "_stubs.c" (Source.stubs ~name);
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
