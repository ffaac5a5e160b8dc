(* SPDX-License-Identifier: ISC *)

(* What is told of the files to a web server. *)

open Support

let image output =
  let text = read (Filename.concat output "filesystem_tree.bin") in
  Crunch_image.of_buffer (Cstruct.to_bigarray (Cstruct.of_string text))

let value image key = Option.map Cstruct.to_string (Crunch_image.find image key)
let cache output = Filename.concat output "_filesystem_tree"
let page = String.concat "\n" (List.init 500 (Printf.sprintf "line %d of a page that compresses well"))

let with_site ?(options = "") files f =
  in_folder (fun folder ->
      let tree = Filename.concat folder "tree" and output = Filename.concat folder "output" in
      List.iter (fun (path, content) -> write tree path content) files;
      let make () = crunch ~options ~output tree in
      expect_success (make ());
      f ~tree ~output ~make)

let check what expected actual = Alcotest.(check (option string)) what expected actual

let tags () =
  with_site [ ("a.html", "1"); ("b", "2"); ("c", "1") ] (fun ~tree:_ ~output ~make:_ ->
      let image = image output in
      let of_content text = Some ("etag " ^ Digest.to_hex (Digest.string text) ^ "\n") in
      check "a page" (of_content "1") (value image "a.html\000http");
      check "another" (of_content "2") (value image "b\000http");
      check "the same content" (of_content "1") (value image "c\000http");
      check "no compressed form" None (value image "a.html\000gzip"))

let headers () =
  let options = "--cache-control 'public, max-age=60' --last-modified 'Sun, 06 Nov 1994 08:49:37 GMT'" in
  with_site ~options [ ("a", "1") ] (fun ~tree:_ ~output ~make:_ ->
      check "both"
        (Some
           ("etag " ^ Digest.to_hex (Digest.string "1")
          ^ "\ncache-control public, max-age=60\nlast-modified Sun, 06 Nov 1994 08:49:37 GMT\n"))
        (value (image output) "a\000http"))

let random = String.init 4_000 (fun i -> Char.chr (Hashtbl.hash i land 255))

(* What the program makes of a compressed form. *)
let restored program compressed =
  in_folder (fun folder ->
      write folder "in" compressed;
      expect_success (sh (Printf.sprintf "cd %s && %s <in >out" (quote folder) program));
      read (Filename.concat folder "out"))

let compressed coding program () =
  if fst (sh ("command -v " ^ List.hd (String.split_on_char ' ' program))) <> 0 then
    print_endline "skipped: the program is not here"
  else
    with_site
      ~options:("--compress " ^ coding)
      [ ("a.html", page); ("b.png", page); ("c.css", "small"); ("d.txt", random) ]
      (fun ~tree ~output ~make ->
        let form key = value (image output) (key ^ "\000" ^ coding) in
        let compressed = Option.get (form "a.html") in
        Alcotest.(check string) "is the page" page (restored program compressed);
        Alcotest.(check bool) "smaller" true (String.length compressed < String.length page / 2);
        check "an image is left alone" None (form "b.png");
        check "so is what is small" None (form "c.css");
        check "and what does not get smaller" None (form "d.txt");
        let attributes = Option.get (value (image output) "a.html\000http") in
        Alcotest.(check bool) "is told" true
          (List.mem ("coding " ^ coding) (String.split_on_char '\n' attributes));
        (* Neither is made again. *)
        let kept () =
          Array.to_list (Sys.readdir (cache output))
          |> List.map (fun name -> (name, (Unix.stat (Filename.concat (cache output) name)).st_ino))
        in
        let before = kept () in
        Alcotest.(check int) "kept" 2 (List.length before);
        let image_before = (Unix.stat (output ^ "/filesystem_tree.bin")).st_ino in
        expect_success (make ());
        Alcotest.(check (list (pair string int))) "as they are" before (kept ());
        Alcotest.(check int) "nothing touched" image_before (Unix.stat (output ^ "/filesystem_tree.bin")).st_ino;
        write tree "a.html" (page ^ "!");
        expect_success (make ());
        Alcotest.(check string) "changes with the page" (page ^ "!") (restored program (Option.get (form "a.html")));
        Alcotest.(check int) "the old one has gone" 2 (List.length (kept ()));
        Unix.unlink (tree ^ "/a.html");
        Unix.unlink (tree ^ "/d.txt");
        expect_success (make ());
        Alcotest.(check bool) "the folder as well" false (Sys.file_exists (cache output)))

let both () =
  if fst (sh "command -v brotli") <> 0 then print_endline "skipped: no brotli here"
  else
    with_site ~options:"--compress br --compress gzip" [ ("a.html", page) ]
      (fun ~tree:_ ~output ~make:_ ->
        let text = Option.get (value (image output) "a.html\000http") in
        Alcotest.(check (list string)) "in the order of the options" [ "coding br"; "coding gzip"; "" ]
          (List.tl (String.split_on_char '\n' text)))

let missing_program () =
  in_folder (fun folder ->
      let tree = Filename.concat folder "tree" in
      write tree "a.html" page;
      let code, text =
        sh
          (Printf.sprintf "PATH=/nonexistent; export PATH; %s --name tree --output %s --compress br %s"
             (quote tool) (quote (folder ^ "/output")) (quote tree))
      in
      Alcotest.(check (pair int string)) "is named"
        (1, "mirage-crunch: brotli is not installed; on Debian: apt-get install brotli\n") (code, text);
      Alcotest.(check bool) "nothing half-written" false (Sys.file_exists (folder ^ "/output/filesystem_tree.bin")))

let usage () =
  let refused arguments part =
    let code, text = sh (quote tool ^ " --name a --output x " ^ arguments ^ " y") in
    Alcotest.(check int) arguments 2 code;
    if not (Test_tool.contains text part) then Alcotest.failf "%s: %s" arguments text
  in
  refused "--compress zip" "neither gzip nor br";
  refused "--cache-control ''" "--cache-control needs a value of printable characters";
  refused "--last-modified 'a\nb'" "--last-modified needs a value of printable characters"

let suite =
  [
    Alcotest.test_case "tags" `Quick tags;
    Alcotest.test_case "headers" `Quick headers;
    Alcotest.test_case "gzip" `Quick (compressed "gzip" "gzip -dc");
    Alcotest.test_case "br" `Quick (compressed "br" "brotli -dc");
    Alcotest.test_case "both" `Quick both;
    Alcotest.test_case "a program that is missing" `Quick missing_program;
    Alcotest.test_case "the command line" `Quick usage;
  ]
