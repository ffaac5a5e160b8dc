(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Support

(* {2 Clock, Time, Entropy, Io_page} *)

let clock () =
  let t = Clock.gmtime 951_782_400. in
  Alcotest.(check (list int)) "29 February 2000, a Tuesday"
    [ 100; 1; 29; 2; 0 ]
    Clock.[ t.tm_year; t.tm_mon; t.tm_mday; t.tm_wday; t.tm_hour ];
  Alcotest.(check bool) "after 2020" true (Clock.time () > 1_577_836_800.)

let sleeps () =
  let order = ref [] in
  let after delay name =
    OS.Time.sleep delay >|= fun () -> order := name :: !order
  in
  Lwt.join [ after 0.02 "last"; after 0.01 "second"; after (-1.) "first" ]
  >|= fun () ->
  Alcotest.(check (list string)) "order" [ "last"; "second"; "first" ] !order

let entropy () =
  Entropy.connect () >|= ok >>= fun entropy ->
  Lwt_list.iter_s
    (fun n ->
      Entropy.entropy entropy n >|= ok >|= fun bytes ->
      Alcotest.(check int) "as many as asked for" n (Cstruct.length bytes))
    [ 0; 1; 255; 256; 257; 100_000 ]
  >>= fun () ->
  Entropy.entropy entropy 100_000 >|= ok >|= Cstruct.to_string >>= fun bytes ->
  let seen = Array.make 256 0 in
  String.iter (fun c -> seen.(Char.code c) <- seen.(Char.code c) + 1) bytes;
  (* 390 expected of each; a missing part would show as a surplus of one. *)
  Array.iter
    (fun n -> if n < 200 || n > 600 then Alcotest.failf "%d times one value" n)
    seen;
  Lwt.try_bind
    (fun () -> Entropy.entropy entropy (-1))
    (fun _ -> Alcotest.fail "negative length")
    (function Invalid_argument _ -> Lwt.return_unit | e -> Lwt.fail e)



let io_page () =
  Alcotest.(check (list int)) "lengths" [ 4096; 12_288; 16_384 ]
    (List.map Io_page.length [ Io_page.get 1; Io_page.get 3; Io_page.get_order 2 ]);
  Alcotest.(check (list int)) "separate pages" [ 4096; 4096; 4096; 4096 ]
    (List.map Io_page.length (Io_page.pages_order 2));
  Alcotest.(check (list int)) "aligned" (List.init 50 (fun _ -> 0))
    (List.map Address.in_page (Io_page.pages 50));
  Alcotest.(check (list int)) "rounding" [ 0; 4096; 4096; 8192 ]
    (List.map Io_page.round_to_page_size [ 0; 1; 4096; 4097 ]);
  let two = Io_page.get 2 in
  Io_page.string_blit "hello" 1 two 4095 3;
  (match Io_page.to_pages two with
  | [ first; second ] ->
      Alcotest.(check string) "over the edge" "ell"
        (String.make 1 first.{4095} ^ String.sub (Io_page.to_string second) 0 2)
  | _ -> Alcotest.fail "two pages expected");
  let copy = Io_page.get 3 in
  Io_page.blit two copy;
  Alcotest.(check char) "blit" 'l' copy.{4097};
  let refused what f =
    match f () with
    | _ -> Alcotest.fail what
    | exception Invalid_argument _ -> ()
  in
  refused "too short" (fun () -> Io_page.blit copy two);
  refused "beyond the end" (fun () -> Io_page.string_blit "abc" 0 two 8190 3);
  refused "a negative number" (fun () -> ignore (Io_page.get (-1)))

(* {2 Block} *)

let sectors n c = Cstruct.of_string (String.make (n * 512) c)

let with_disk ?(size = 10 * 512) test =
  with_folder (fun folder ->
      let path = Filename.concat folder "disk.img" in
      write_file path (String.make size '.');
      run (Block.connect path >|= ok >>= test path))

let unknown what parts = function
  | `Unknown text -> List.iter (fun part -> check_contains what part text) parts
  | _ -> Alcotest.failf "%s: `Unknown expected" what

(* A file that refuses to be opened for writing, even by root. *)
let unwritable = "/sys/kernel/uevent_seqnum"

let block_round_trip () =
  with_disk (fun path disk ->
      Block.get_info disk >>= fun info ->
      Alcotest.(check (pair int64 bool)) "info" (10L, true)
        (info.size_sectors, info.read_write);
      Block.write disk 3L [ sectors 1 'a'; sectors 2 'b' ] >|= ok >>= fun () ->
      let first = sectors 2 ' ' and second = sectors 1 ' ' in
      Block.read disk 3L [ first; second ] >|= ok >>= fun () ->
      Alcotest.(check string) "read back"
        (String.make 512 'a' ^ String.make 1024 'b')
        (Cstruct.copyv [ first; second ]);
      Block.read disk 10L [] >|= ok >>= fun () ->
      Block.flush disk >|= ok >>= fun () ->
      Block.disconnect disk >|= fun () ->
      Alcotest.(check string) "in the file"
        (String.concat ""
           [ String.make 1536 '.'; String.make 512 'a'; String.make 1024 'b'; String.make 2048 '.' ])
        (read_file path))

let block_many_buffers () =
  let count = 3_000 in
  with_disk ~size:(count * 512) (fun _ disk ->
      let buffers = List.init count (fun i -> sectors 1 (Char.chr (i mod 256))) in
      Block.write disk 0L buffers >|= ok >>= fun () ->
      let back = List.init count (fun _ -> Cstruct.create 512) in
      let reading = Block.read disk 0L back in
      Gc.full_major ();
      reading >|= ok >|= fun () ->
      Alcotest.(check bool) "the same" true (List.for_all2 Cstruct.equal buffers back))

let block_bounds () =
  with_disk (fun path disk ->
      let refused what sector buffers =
        Block.read disk sector buffers >|= error >|= unknown what [ path ] >>= fun () ->
        Block.write disk sector buffers >|= error >|= unknown what [ path ]
      in
      refused "behind the end" 9L [ sectors 2 'x' ] >>= fun () ->
      refused "far behind" Int64.max_int [ sectors 1 'x' ] >>= fun () ->
      refused "negative" (-1L) [ sectors 1 'x' ] >>= fun () ->
      refused "half a sector" 0L [ Cstruct.create 256; Cstruct.create 256 ] >>= fun () ->
      Unix.truncate path 512;
      Block.read disk 1L [ sectors 1 'x' ] >|= error >|= unknown "shorter" [ "shorter" ])

let block_refusals () =
  with_folder (fun folder ->
      let missing = Filename.concat folder "missing.img" in
      run
        ( Block.connect missing >|= error
        >|= unknown "missing" [ missing; "No such file" ]
        >>= fun () ->
          Block.connect folder >|= error >|= unknown "folder" [ folder ] >>= fun () ->
          Block.connect "/dev/null" >|= error >|= unknown "no disk" [ "/dev/null" ] ))

let block_odd_sizes () =
  with_folder (fun folder ->
      let path = Filename.concat folder "odd.img" in
      let refused size parts =
        write_file path (String.make size '.');
        run (Block.connect path >|= error >|= unknown "odd" (path :: parts))
      in
      refused 1000 [ "1000 bytes"; "512-byte sectors" ];
      refused 511 [ "511 bytes" ];
      refused 0 [ "empty" ])

let child = Filename.concat (Filename.dirname Sys.executable_name) "child/child.exe"

(* What another program says when it connects the disk. *)
let other_program path =
  let channel = Unix.open_process_args_in child [| child; "disk"; path |] in
  let line = input_line channel in
  ignore (Unix.close_process_in channel);
  line

let block_one_writer () =
  with_disk (fun path disk ->
      let link = path ^ ".link" and hard = path ^ ".hard" in
      Unix.symlink path link;
      Unix.link path hard;
      let busy () =
        List.iter
          (fun path -> check_contains path "another program has it open" (other_program path))
          [ path; link; hard ]
      in
      busy ();
      Block.connect link >|= ok >>= fun again ->
      Block.disconnect disk >>= fun () ->
      busy ();
      Block.disconnect again >|= fun () ->
      Alcotest.(check string) "free" "connected" (other_program path))

let block_many_readers () =
  run
    ( Block.connect unwritable >|= ok >>= fun disk ->
      Alcotest.(check string) "another reader" "connected" (other_program unwritable);
      Block.disconnect disk )

let block_read_only () =
  run
    ( Block.connect unwritable >|= ok >>= fun disk ->
      Block.get_info disk >>= fun info ->
      Alcotest.(check bool) "read_write" false info.read_write;
      Block.write disk 0L [ sectors 1 ' ' ] >|= error >>= fun e ->
      Alcotest.(check bool) "refused" true (e = `Is_read_only);
      Block.disconnect disk )

let block_disconnect () =
  with_disk (fun _ disk ->
      let reading = Block.read disk 0L [ sectors 10 ' ' ] in
      Block.disconnect disk >>= fun () ->
      Alcotest.(check bool) "waits for what is under way" false (Lwt.is_sleeping reading);
      reading >|= ok >>= fun () ->
      Block.disconnect disk >>= fun () ->
      Block.read disk 0L [ sectors 1 ' ' ] >|= error >|= fun e ->
      Alcotest.(check bool) "refused" true (e = `Disconnected))

(* {2 Kvro_fs_unix} *)

let with_kv test =
  with_folder (fun folder ->
      let ( / ) = Filename.concat in
      write_file (folder / "secret") "outside";
      Unix.mkdir (folder / "root") 0o700;
      Unix.mkdir (folder / "root" / "sub") 0o700;
      Unix.mkdir (folder / "root-2") 0o700;
      write_file (folder / "root-2" / "secret") "outside";
      let root = folder / "root" in
      write_file (root / "a") "0123456789";
      write_file (root / "empty") "";
      write_file (root / "sub" / "b c.txt") "below";
      Unix.symlink "sub/b c.txt" (root / "inside");
      Unix.symlink "../secret" (root / "outside");
      Unix.symlink "../root-2" (root / "sibling");
      Unix.mkfifo (root / "pipe") 0o600;
      run (Kvro_fs_unix.connect root >|= ok >>= test root))

let value kv key offset length =
  Kvro_fs_unix.read kv key offset length >|= ok >|= Cstruct.copyv

let kv_reads () =
  with_kv (fun root kv ->
      Alcotest.(check string) "id" root (Kvro_fs_unix.id kv);
      let check what expected key offset length =
        value kv key offset length >|= Alcotest.(check string) what expected
      in
      check "whole" "0123456789" "a" 0 10 >>= fun () ->
      check "leading slash" "0123456789" "/a" 0 10 >>= fun () ->
      check "part" "345" "a" 3 3 >>= fun () ->
      check "beyond the end" "89" "a" 8 max_int >>= fun () ->
      check "behind the end" "" "a" 11 5 >>= fun () ->
      check "far behind" "" "a" max_int max_int >>= fun () ->
      check "nothing" "" "a" 0 0 >>= fun () ->
      check "empty" "" "empty" 0 10 >>= fun () ->
      check "below" "below" "sub/b c.txt" 0 10 >>= fun () ->
      check "link inside" "below" "inside" 0 10 >>= fun () ->
      Kvro_fs_unix.size kv "a" >|= ok >|= Alcotest.(check int64) "size" 10L)

let kv_unknown () =
  with_kv (fun _ kv ->
      Lwt_list.iter_s
        (fun key ->
          Kvro_fs_unix.read kv key 0 10 >|= error >>= fun (Unknown_key k) ->
          Alcotest.(check string) "read" key k;
          Kvro_fs_unix.size kv key >|= error >|= fun (Unknown_key k) ->
          Alcotest.(check string) "size" key k)
        [
          "missing"; ""; "/"; "."; "sub"; "../secret"; "sub/../a"; "..";
          "outside"; "sibling/secret"; "pipe"; "a\000b"; "a/b";
        ])

let kv_large () =
  with_folder (fun folder ->
      let content = String.init 1_000_003 (fun i -> Char.chr (i * 7 mod 256)) in
      write_file (Filename.concat folder "large") content;
      run
        ( Kvro_fs_unix.connect folder >|= ok >>= fun kv ->
          value kv "large" 0 2_000_000 >|= fun whole ->
          Alcotest.(check bool) "the same" true (whole = content) ))

let kv_no_folder () =
  with_folder (fun folder ->
      let file = Filename.concat folder "file" in
      write_file file "";
      run
        (Lwt_list.iter_s
           (fun id ->
             Kvro_fs_unix.connect id >|= error >|= fun (Unknown_key key) ->
             Alcotest.(check string) "named" id key)
           [ file; Filename.concat folder "missing" ]))

(* {2 Slab} *)

open Mirage_runtime_unix_io

(* Whatever is taken, and whenever the collector runs: pieces never overlap. *)
let slab_pieces =
  QCheck.Test.make ~name:"pieces of a slab stay apart" ~count:20
    QCheck.(list_of_size Gen.(10 -- 200) (int_range 1 70_000))
    (fun lengths ->
      let slab = Slab.create () in
      let pieces =
        List.mapi
          (fun i length ->
            Slab.reserve slab length;
            let piece = Slab.take slab length in
            Cstruct.memset piece (i land 0xff);
            if i mod 16 = 0 then Gc.full_major ();
            if i mod 3 = 0 then None else Some (i, piece))
          lengths
      in
      List.for_all
        (function
          | None -> true
          | Some (i, piece) ->
              let rec same j =
                j = Cstruct.length piece
                || (Cstruct.get_uint8 piece j = i land 0xff && same (j + 1))
              in
              same 0)
        pieces)

let suites =
  [
    ( "small devices",
      [
        case "clock" clock;
        lwt_case "time" sleeps;
        lwt_case "entropy" entropy;
        case "io_page" io_page;
      ] );
    ( "block",
      [
        case "writes and reads back" block_round_trip;
        case "more buffers than one call takes" block_many_buffers;
        case "bounds and alignment" block_bounds;
        case "says what it cannot open" block_refusals;
        case "read-only file" block_read_only;
        case "disconnect" block_disconnect;
        case "odd sizes" block_odd_sizes;
        case "one writer" block_one_writer;
        case "many readers" block_many_readers;
      ] );
    ( "kvro",
      [
        case "reads" kv_reads;
        case "unknown keys, and ways out of the folder" kv_unknown;
        case "a value of many pieces" kv_large;
        case "no folder" kv_no_folder;
      ] );
    ("slab", [ case "pieces stay apart" (fun () -> QCheck.Test.check_exn slab_pieces) ]);
  ]
