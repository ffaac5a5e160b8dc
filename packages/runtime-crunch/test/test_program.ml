(* SPDX-License-Identifier: ISC *)

(* Real programs, linked from what the tool writes. *)

open Support

(* Compares every file of the program with the one of that name in the folder
   that is its argument, and prints how many there are. *)
let comparing_program =
  {|
let run thread = match Lwt.state thread with
  | Lwt.Return result -> result
  | Lwt.Sleep | Lwt.Fail _ -> failwith "not at once"
let t = match run (Filesystem_tree.connect ()) with `Ok t -> t | `Error _ -> assert false
let fail key = failwith ("differs: " ^ key)
let compare_with folder key =
  let content =
    let channel = open_in_bin (Filename.concat folder key) in
    let text = really_input_string channel (in_channel_length channel) in
    close_in channel; text in
  let length = String.length content in
  (match run (Filesystem_tree.size t key) with
   | `Ok size when size = Int64.of_int length -> ()
   | `Ok _ | `Error _ -> fail key);
  match run (Filesystem_tree.read t key 0 length) with
  | `Ok buffers when Cstruct.equal (Cstruct.concat buffers) (Cstruct.of_string content) -> ()
  | `Ok _ | `Error _ -> fail key
let () =
  List.iter (compare_with Sys.argv.(1)) Filesystem_tree.file_list;
  print_int (List.length Filesystem_tree.file_list)
|}

let all_octets = String.init 256 Char.chr

let awkward_files =
  [
    ("index.html", "<h1>hello</h1>\n");
    ("empty", "");
    (".hidden", "dot");
    (".d/.e/f", "dots");
    ("_underscore/dune", "(rule)");
    ("a/b/c/d/e/f/g", "deep");
    ("1 file.name-with (odd) chars", "spaces");
    ("let", "keyword");
    ("caf\xc3\xa9/\xf0\x9f\x90\xab.txt", "utf-8");
    ("latin-1 \xe9", "not utf-8");
    ("quote\"back\\slash'", "quotes");
    ("new\nline\ttab", "newline");
    ("percent%s %d", "format");
    ("all octets", all_octets);
    ("page", String.make 4096 'p');
    ("large.bin", String.init 300_000 (fun i -> Char.chr (i * 7 mod 251)));
    ("z", String.concat all_octets [ "\000"; "\r\n"; "\n" ]);
  ]

let awkward () =
  in_folder (fun folder ->
      let tree = Filename.concat folder "tree" in
      List.iter (fun (path, content) -> write tree path content) awkward_files;
      Unix.mkdir (Filename.concat tree "empty folder") 0o777;
      expect_success (crunch ~output:folder tree);
      expect_success (compile folder comparing_program);
      Alcotest.(check (pair int string))
        "all are there, octet for octet"
        (0, string_of_int (List.length awkward_files))
        (sh (Printf.sprintf "%s/main %s" (quote folder) (quote tree))))

let empty_folder () =
  in_folder (fun folder ->
      let tree = Filename.concat folder "tree" in
      Unix.mkdir tree 0o777;
      expect_success (crunch ~output:folder tree);
      expect_success (compile folder comparing_program);
      Alcotest.(check (pair int string))
        "no file" (0, "0")
        (sh (Printf.sprintf "%s/main %s" (quote folder) (quote tree))))

(* As applications read: keys with a slash in front, parts of files, what is missing. *)
let reading_program =
  {|
module Check (F : V1_LWT.KV_RO with type id = unit) = struct
  let read f key offset length =
    match Lwt.state (F.read f key offset length) with
    | Lwt.Return (`Ok buffers) -> String.concat "|" (List.map Cstruct.to_string buffers)
    | Lwt.Return (`Error (F.Unknown_key key)) -> "unknown " ^ key
    | Lwt.Fail (Invalid_argument _) -> "invalid"
    | Lwt.Fail _ | Lwt.Sleep -> assert false
  let () =
    match Lwt.state (F.connect ()) with
    | Lwt.Return (`Error _) | Lwt.Fail _ | Lwt.Sleep -> assert false
    | Lwt.Return (`Ok f) ->
      List.iter (fun (key, offset, length) -> print_endline (read f key offset length))
        [ "a", 0, 10; "/a", 0, 10; "//d/b", 1, 2; "a", 3, 9; "a", 4, 1; "a", 99, 1; "a", 0, 0;
          "d", 0, 1; "", 0, 1; "/", 0, 1; "/none", 0, 1; "a/", 0, 1; "a", -1, 1; "a", 0, -1 ]
end
module _ = Check (Filesystem_tree)
|}

let reading () =
  in_folder (fun folder ->
      let tree = Filename.concat folder "tree" in
      write tree "a" "text";
      write tree "d/b" "more";
      expect_success (crunch ~output:folder tree);
      expect_success (compile folder reading_program);
      Alcotest.(check (pair int (list string)))
        "what is read"
        ( 0,
          [
            "text"; "text"; "or"; "t"; ""; ""; "";
            "unknown d"; "unknown "; "unknown /"; "unknown /none"; "unknown a/";
            "invalid"; "invalid"; "";
          ] )
        (let code, output = sh (quote folder ^ "/main") in
         (code, String.split_on_char '\n' output)))

(* 200 MB: neither the tool nor compiler, assembler and linker may need much more than that. *)
let large () =
  if Sys.getenv_opt "MIRAGE_SLOW_TESTS" = None then
    print_endline "skipped: set MIRAGE_SLOW_TESTS to run it"
  else
    in_folder (fun folder ->
        let tree = Filename.concat folder "tree" in
        let limited kilobytes command =
          expect_success (sh (Printf.sprintf "ulimit -v %d; %s" kilobytes command))
        in
        Unix.mkdir tree 0o777;
        limited 100_000
          (Printf.sprintf
             "cd %s && head -c 150000000 /dev/urandom > big && mkdir many && \
              head -c 50000000 /dev/urandom | split -a 4 -b 10000 - many/"
             (quote tree));
        limited 100_000
          (Printf.sprintf "%s --name tree --output %s %s" (quote tool)
             (quote folder) (quote tree));
        write folder "main.ml" comparing_program;
        limited 600_000 (compiler folder);
        Alcotest.(check (pair int string))
          "all are there, octet for octet" (0, "5001")
          (sh (Printf.sprintf "%s/main %s" (quote folder) (quote tree))))

let suite =
  [
    Alcotest.test_case "awkward names and contents" `Quick awkward;
    Alcotest.test_case "an empty folder" `Quick empty_folder;
    Alcotest.test_case "parts, slashes, missing keys" `Quick reading;
    Alcotest.test_case "200 MB" `Slow large;
  ]
