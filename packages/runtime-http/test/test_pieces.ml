(* SPDX-License-Identifier: ISC *)

(* Grammars and algorithms that need no connection. *)

open Support
open Mirage_runtime_http_core

let dates () =
  let check what expected text =
    Alcotest.(check (option (float 0.))) what expected (Http_date.of_string ~now:1.7e9 text)
  in
  (* RFC 9110, section 5.6.7: three spellings of one moment. *)
  let moment = Some 784111777. in
  check "IMF-fixdate" moment "Sun, 06 Nov 1994 08:49:37 GMT";
  check "RFC 850" moment "Sunday, 06-Nov-94 08:49:37 GMT";
  check "asctime" moment "Sun Nov  6 08:49:37 1994";
  check "this century" (Some 1104537600.) "Saturday, 01-Jan-05 00:00:00 GMT";
  check "a leap day" (Some 951782400.) "Tue, 29 Feb 2000 00:00:00 GMT";
  List.iter
    (fun text -> check text None text)
    [
      ""; "yesterday"; "Sun, 06 Nov 1994 08:49:37"; "Sun, 06 Nov 1994 08:49:37 CET";
      "Sun, 6 Nov 1994 08:49:37 GMT"; "Tue, 29 Feb 1900 00:00:00 GMT"; "Sun, 31 Apr 2000 00:00:00 GMT";
      "Sun, 06 Nov 1994 24:00:00 GMT"; "Sun, 00 Nov 1994 08:49:37 GMT"; "Sun, 06 nov 1994 08:49:37 GMT";
      "Sun, 06 Nov 19944 08:49:37 GMT"; "784111777"; "Sun, +6 Nov 1994 08:49:37 GMT";
    ]

let dates_return =
  QCheck.Test.make ~name:"a date that is printed is read again" ~count:2_000
    QCheck.(float_range (-6e10) 2.5e11)
    (fun seconds ->
      let seconds = Float.floor seconds in
      Http_date.of_string (Http_date.to_string seconds) = Some seconds)

let codings () =
  let check what values expected =
    Alcotest.(check (option string)) what expected (Accept_encoding.best values [ "br"; "gzip" ])
  in
  check "nothing said" [] None;
  check "gzip" [ "gzip" ] (Some "gzip");
  check "both" [ "gzip, br" ] (Some "br");
  check "in two fields" [ "deflate"; "gzip" ] (Some "gzip");
  check "in capitals, with white space" [ " GZIP ; Q=1.0 ,," ] (Some "gzip");
  check "the old name" [ "x-gzip" ] (Some "gzip");
  check "a preference" [ "br;q=0.5, gzip;q=0.8" ] (Some "gzip");
  check "anything" [ "*" ] (Some "br");
  check "anything but one" [ "*, br;q=0" ] (Some "gzip");
  check "none" [ "gzip;q=0" ] None;
  check "nothing but identity" [ "identity" ] None;
  check "rather identity" [ "identity, gzip;q=0.5" ] None;
  check "empty" [ "" ] None;
  check "qualities that are none" [ "gzip;q=2, br;q=0.1234" ] None;
  check "parameters that are none" [ "gzip;level=9" ] None

let range = Alcotest.testable (fun f _ -> Format.pp_print_string f "a range") ( = )

let ranges () =
  let check what value expected =
    Alcotest.(check range) what expected (Byte_range.parse value ~size:100L)
  in
  let one first length = Byte_range.Parts [ (first, length) ] in
  check "the first" "bytes=0-9" (one 0L 10L);
  check "the rest" "bytes=90-" (one 90L 10L);
  check "the last" "bytes=-10" (one 90L 10L);
  check "the last one octet" "bytes=99-99" (one 99L 1L);
  check "beyond the end" "bytes=90-1000" (one 90L 10L);
  check "more than there is at the end" "bytes=-1000" (one 0L 100L);
  check "beyond 64 bits" "bytes=0-99999999999999999999999" (one 0L 100L);
  check "in capitals" "BYTES=0-0" (one 0L 1L);
  check "several" "bytes=0-0, 10-19,-1" (Parts [ (0L, 1L); (10L, 10L); (99L, 1L) ]);
  check "one that is not there" "bytes=0-0,200-" (one 0L 1L);
  check "none there" "bytes=100-" Unsatisfiable;
  check "none of several there" "bytes=100-,200-300" Unsatisfiable;
  check "the last none" "bytes=-0" Unsatisfiable;
  check "together more than all" "bytes=0-59,40-99" Whole;
  check "many" ("bytes=" ^ String.concat "," (List.init 17 (fun i -> Printf.sprintf "%d-%d" i i))) Whole;
  List.iter
    (fun value -> check value value Whole)
    [
      ""; "bytes"; "bytes="; "bytes=,"; "bytes=-"; "bytes=a-b"; "bytes=5-4"; "bytes=1-2-3";
      "bytes=0x1-2"; "bytes =0-1"; "lines=0-1"; "bytes=+1-2"; "bytes=0-1;2-3"; "0-1";
    ];
  Alcotest.(check range) "of nothing" Unsatisfiable (Byte_range.parse "bytes=0-" ~size:0L)

let paths () =
  let check target expected = Alcotest.(check string) target expected (Site_path.of_target target) in
  check "/" "";
  check "/a/b.css?x=/y" "a/b.css";
  check "/a%20b/" "a b/";
  check "//evil.org/" "evil.org/";
  check "/%2f%2Fevil.org" "evil.org";
  check "http://h:80/c?d" "c";
  check "http://h" "";
  check "http://h?x" "";
  check "*" "";
  check "/%zz%4" "%zz%4";
  check "/%00" "\000";
  Alcotest.(check string) "query" "?a=b?c" (Site_path.query "/x?a=b?c");
  Alcotest.(check string) "no query" "" (Site_path.query "/x");
  Alcotest.(check string) "encoded" "/a%20b/%5Cc%3Fd%25%0D%0A" (Site_path.to_target "/a b/\\c?d%\r\n");
  Alcotest.(check string) "one slash" "/evil.org" (Site_path.to_target "//evil.org");
  Alcotest.(check string) "resolved" "b/c" (Site_path.resolved "a/../../b/./c")

let path_returns =
  QCheck.Test.make ~name:"a path that is encoded is decoded again" ~count:2_000
    QCheck.(string_gen Gen.char)
    (fun path ->
      Site_path.of_target (Site_path.to_target path) = Site_path.without_slashes path)

let hashes () =
  let hex s = String.concat "" (List.map (fun c -> Printf.sprintf "%02x" (Char.code c)) (List.of_seq (String.to_seq s))) in
  (* FIPS 180-4's examples, and RFC 6455's, section 1.3. *)
  let check text expected = Alcotest.(check string) text expected (hex (Sha1.digest text)) in
  check "" "da39a3ee5e6b4b0d3255bfef95601890afd80709";
  check "abc" "a9993e364706816aba3e25717850c26c9cd0d89d";
  check (String.make 1_000_000 'a') "34aa973cd4c4daa4f61eeb2bdbad27316534016f";
  List.iter2
    (fun text expected -> Alcotest.(check string) text expected (Base64_code.encode text))
    [ ""; "f"; "fo"; "foo"; "foob"; "fooba"; "foobar" ]
    [ ""; "Zg=="; "Zm8="; "Zm9v"; "Zm9vYg=="; "Zm9vYmE="; "Zm9vYmFy" ];
  List.iter
    (fun (text, expected) ->
      Alcotest.(check (option int)) text expected (Base64_code.decoded_length text))
    [ ("Zg==", Some 1); ("Zm8=", Some 2); ("Zm9v", Some 3); ("Zm9", None); ("Zm9*", None); ("====", None) ]

let utf8_agrees =
  let piece = QCheck.Gen.(oneof [ string_size ~gen:char (0 -- 4); oneofl [ "\xc3\xa4"; "\xe2\x82\xac"; "\xf0\x9f\x90\xab"; "a"; "\xed\xa0\x80"; "\xc0\x80"; "\xf4\x90\x80\x80" ] ]) in
  (* By the code points, with the octets' bits taken apart. *)
  let rec slow = function
    | [] -> true
    | a :: rest when a < 0x80 -> slow rest
    | a :: b :: rest when a land 0xe0 = 0xc0 && b land 0xc0 = 0x80 ->
        ((a land 0x1f) lsl 6) lor (b land 0x3f) >= 0x80 && slow rest
    | a :: b :: c :: rest when a land 0xf0 = 0xe0 && b land 0xc0 = 0x80 && c land 0xc0 = 0x80 ->
        let u = ((a land 0xf) lsl 12) lor ((b land 0x3f) lsl 6) lor (c land 0x3f) in
        u >= 0x800 && not (u >= 0xd800 && u <= 0xdfff) && slow rest
    | a :: b :: c :: d :: rest
      when a land 0xf8 = 0xf0 && b land 0xc0 = 0x80 && c land 0xc0 = 0x80 && d land 0xc0 = 0x80 ->
        let u =
          ((a land 7) lsl 18) lor ((b land 0x3f) lsl 12) lor ((c land 0x3f) lsl 6) lor (d land 0x3f)
        in
        u >= 0x10000 && u <= 0x10ffff && slow rest
    | _ -> false
  in
  QCheck.Test.make ~name:"UTF-8, by its definition" ~count:20_000
    (QCheck.make ~print:String.escaped QCheck.Gen.(map (String.concat "") (list_size (0 -- 4) piece)))
    (fun s -> Utf8.is_valid s = slow (List.map Char.code (List.of_seq (String.to_seq s))))

let property (QCheck2.Test.Test cell as test) =
  case (QCheck2.Test.get_name cell) (fun () -> QCheck.Test.check_exn test)

let suite =
  ( "pieces",
    [
      case "dates" dates;
      property dates_return;
      case "codings" codings;
      case "ranges" ranges;
      case "paths" paths;
      property path_returns;
      case "SHA-1 and Base64" hashes;
      property utf8_agrees;
    ] )
