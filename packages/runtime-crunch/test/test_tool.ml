(* SPDX-License-Identifier: ISC *)

(* The tool itself: what it writes when, and what it refuses. *)

open Support

let outputs =
  List.map
    (fun suffix -> "filesystem_tree" ^ suffix)
    [ ".bin"; ".ml"; ".mli"; "_stubs.c"; "_stubs.js" ]

let with_tree f =
  in_folder (fun folder ->
      let tree = Filename.concat folder "tree" in
      write tree "a" "1";
      write tree "b/c" "2";
      f ~tree ~output:(Filename.concat folder "new/output"))

(* A file that is replaced, even by an equal one, is another file to the system. *)
let identities output =
  List.map (fun name -> (Unix.stat (Filename.concat output name)).st_ino) outputs

let contents output =
  List.map (fun name -> read (Filename.concat output name)) outputs

let incremental () =
  with_tree (fun ~tree ~output ->
      expect_success (crunch ~output tree);
      let before = identities output in
      let names = Sys.readdir output in
      Array.sort compare names;
      Alcotest.(check (list string)) "files" outputs (Array.to_list names);
      expect_success (crunch ~output tree);
      Alcotest.(check (list int)) "nothing touched" before (identities output);
      let changed_after what change =
        let before = identities output in
        change ();
        expect_success (crunch ~output tree);
        Alcotest.(check (list bool))
          what
          [ true; false; false; false; false ]
          (List.map2 ( <> ) before (identities output))
      in
      changed_after "another content" (fun () -> write tree "a" "3");
      changed_after "another name" (fun () ->
          Unix.rename (Filename.concat tree "a") (Filename.concat tree "d"));
      changed_after "a longer file" (fun () -> write tree "d" "345");
      changed_after "a file less" (fun () -> Unix.unlink (Filename.concat tree "d"));
      changed_after "a damaged output" (fun () ->
          write output "filesystem_tree.bin" (read (output ^ "/filesystem_tree.bin") ^ "x")))

let deterministic () =
  with_tree (fun ~tree ~output ->
      expect_success (crunch ~output tree);
      let first = contents output in
      in_folder (fun folder ->
          let copy = Filename.concat folder "another name" in
          write copy "b/c" "2";
          write copy "a" "1";
          expect_success (crunch ~output:folder copy);
          Alcotest.(check (list string))
            "names and contents alone matter" first (contents folder)))

let contains text part =
  let rec at i =
    i + String.length part <= String.length text
    && (String.sub text i (String.length part) = part || at (i + 1))
  in
  at 0

let refused what ~code parts (actual, output) =
  Alcotest.(check int) (what ^ ": " ^ output) code actual;
  List.iter
    (fun part ->
      if not (contains output part) then Alcotest.failf "%s: no %S in %s" what part output)
    parts

let links () =
  with_tree (fun ~tree ~output ->
      expect_success (crunch ~output tree);
      let first = contents output in
      in_folder (fun folder ->
          Unix.symlink (Filename.concat tree "b") (Filename.concat folder "b");
          Unix.symlink (Filename.concat tree "a") (Filename.concat folder "a");
          refused "out of the folder" ~code:1
            [ "the link leads out of the folder"; "--links outside" ]
            (crunch ~output folder);
          refused "a file" ~code:1 [ "leads out" ]
            (Unix.unlink (Filename.concat folder "b"); crunch ~output folder);
          Unix.symlink (Filename.concat tree "b") (Filename.concat folder "b");
          Alcotest.(check (list string)) "nothing was written" first (contents output);
          expect_success (crunch ~options:"--links outside" ~output folder);
          Alcotest.(check (list string)) "are followed" first (contents output)))

let links_within () =
  with_tree (fun ~tree ~output ->
      Unix.symlink "b" (Filename.concat tree "d");
      Unix.symlink "../a" (Filename.concat tree "b/e");
      expect_success (crunch ~output tree);
      let first = contents output in
      in_folder (fun copy ->
          List.iter
            (fun (path, content) -> write copy path content)
            [ ("a", "1"); ("b/c", "2"); ("b/e", "1"); ("d/c", "2"); ("d/e", "1") ];
          expect_success (crunch ~output copy);
          Alcotest.(check (list string)) "as if they were copies" first (contents output)))

(* What a stranger's folder can have in the way of the tool. *)
let hostile_links () =
  in_folder (fun folder ->
      let victim = Filename.concat folder "victim" in
      write victim "precious" "precious";
      let app = Filename.concat folder "app" in
      write app "tree/a" "1";
      let within command = sh (Printf.sprintf "cd %s && %s" (quote app) command) in
      let run output tree =
        within (Printf.sprintf "%s --name tree --output %s %s" (quote tool) output tree)
      in
      let intact () =
        Alcotest.(check (array string)) "victim" [| "precious" |] (Sys.readdir victim);
        Alcotest.(check string) "precious" "precious" (read (victim ^ "/precious"))
      in
      Unix.symlink "../victim" (Filename.concat app "link");
      refused "the output" ~code:1 [ "link: a symbolic link" ] (run "link" "tree");
      refused "above the output" ~code:1 [ "link: a symbolic link" ] (run "link/new" "tree");
      refused "the folder" ~code:1 [ "link: the link leads out" ] (run "out" "link");
      intact ();
      Unix.symlink "../../victim/precious" (app ^ "/out/filesystem_tree.bin");
      Unix.mkfifo (app ^ "/out/filesystem_tree.ml") 0o666;
      expect_success (run "out" "tree");
      intact ())

let wrong_folders () =
  with_tree (fun ~tree ~output ->
      let refused what parts folder =
        refused what ~code:1 parts (crunch ~output folder)
      in
      refused "missing" [ tree ^ "x: No such file" ] (tree ^ "x");
      refused "a file" [ "tree/a: not a folder" ] (tree ^ "/a");
      let temporarily path create what parts =
        let path = Filename.concat tree path in
        create path;
        refused what (path :: parts) tree;
        Unix.unlink path
      in
      temporarily "b/up" (Unix.symlink "../b") "a circle" [ "leads to a folder above" ];
      temporarily "self" (Unix.symlink "self") "a link to itself" [ "symbolic links" ];
      temporarily "dangling" (Unix.symlink "nowhere") "a dangling link" [ "No such file" ];
      temporarily "pipe" (fun path -> Unix.mkfifo path 0o666) "a pipe"
        [ "neither a file nor a folder" ])

let output_inside () =
  with_tree (fun ~tree ~output:_ ->
      refused "within" ~code:1 [ "the output folder is inside" ]
        (crunch ~output:(tree ^ "/b") tree);
      refused "itself" ~code:1 [ "the output folder is inside" ] (crunch ~output:tree tree);
      refused "not there yet" ~code:1 [ "the output folder is inside" ]
        (crunch ~output:(tree ^ "/new") tree))

let unreadable () =
  if Unix.geteuid () = 0 then print_endline "skipped: root may read everything"
  else
    with_tree (fun ~tree ~output ->
        Unix.chmod (tree ^ "/a") 0;
        refused "a file" ~code:1 [ tree ^ "/a: Permission denied" ] (crunch ~output tree))

let failed_output () =
  with_tree (fun ~tree ~output ->
      expect_success (crunch ~output tree);
      let before = contents output in
      write tree "a" "changed";
      Unix.symlink "nowhere" (tree ^ "/dangling");
      refused "dangling" ~code:1 [] (crunch ~output tree);
      Alcotest.(check (list string)) "left as it was" before (contents output);
      refused "output is a file" ~code:1 [ tree ^ "/a: not a folder" ]
        (crunch ~output:(tree ^ "/a") tree))

let usage () =
  let refused what parts arguments =
    refused what ~code:2 ("usage: " :: parts) (sh (quote tool ^ " " ^ arguments))
  in
  refused "nothing" [ "--name is missing" ] "";
  refused "no output" [ "--output is missing" ] "--name a x";
  refused "no folder" [ "the folder is missing" ] "--name a --output x";
  refused "no value" [ "--name needs a value" ] "--name";
  refused "a name" [ "letters, digits and _" ] "--name a-b --output x y";
  refused "an option" [ "unknown option --nam" ] "--nam";
  refused "two folders" [ "also z" ] "--name a --output x y z";
  let code, output = sh (quote tool ^ " --help") in
  Alcotest.(check (pair int bool)) "--help" (0, true) (code, contains output "usage: ")

let suite =
  [
    Alcotest.test_case "only what changes is written" `Quick incremental;
    Alcotest.test_case "the same folder gives the same files" `Quick deterministic;
    Alcotest.test_case "symbolic links out of the folder" `Quick links;
    Alcotest.test_case "symbolic links within it" `Quick links_within;
    Alcotest.test_case "links in the way" `Quick hostile_links;
    Alcotest.test_case "folders that are refused" `Quick wrong_folders;
    Alcotest.test_case "an output folder inside the input" `Quick output_inside;
    Alcotest.test_case "unreadable files" `Quick unreadable;
    Alcotest.test_case "a failure leaves the output alone" `Quick failed_output;
    Alcotest.test_case "the command line" `Quick usage;
  ]
