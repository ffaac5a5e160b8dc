(* SPDX-License-Identifier: ISC *)

open Support

let kept =
  [
    "README.TXT"; "small.txt"; "Mixed.Txt"; "A"; "b"; "FOO.BAR.BAZ"; "foo.tar.gz";
    ".bashrc"; "...x"; "two words.txt"; " leading"; "a,b;c=d[e]+f"; "no extension at all";
    "caf\xc3\xa9.txt"; "\xd0\x9c\xd0\xb8\xd1\x80"; "\xf0\x9f\x90\xab camel";
    "thirteen chrs"; "fourteen chars"; String.make 255 'l'; "UPPERCASEBUTLONG.TXT";
    "A~1.TXT"; "'quote'"; "%p {x} @!#$&()-^_`~"; "x.longextension";
  ]

let round_trip () =
  let disk, fs = formatted (4 * mib) in
  ok (F.mkdir fs "/d");
  List.iter (fun name -> put fs ("/d/" ^ name) name) kept;
  let fs = connect disk in
  Alcotest.(check (list string)) "names" (List.sort compare kept) (listdir fs "/d");
  List.iter
    (fun name -> Alcotest.(check string) name name (read_all fs ("/d/" ^ name)))
    kept;
  fsck disk

let refused () =
  let _, fs = formatted mib in
  List.iter
    (fun (name, why) ->
      fails name
        (Printf.sprintf "unknown error: no file can be called %S: %s" name why)
        (F.create fs ("/" ^ name)))
    [
      ("a:b", "it contains the character U+003A");
      ("what?", "it contains the character U+003F");
      ("back\\slash", "it contains the character U+005C");
      ("new\nline", "it contains the character U+000A");
      ("dot.", "it ends with a dot or a space");
      ("space ", "it ends with a dot or a space");
      ("...", "it ends with a dot or a space");
      ("caf\xe9", "it is not UTF-8");
      ("\xc0\x80", "it is not UTF-8");
      ("\xed\xa0\x80", "it is not UTF-8");
      (String.make 256 'l', "it is too long");
    ]

let case_matters_not () =
  let _, fs = formatted mib in
  List.iter
    (fun (name, other) ->
      put fs ("/" ^ name) name;
      Alcotest.(check string) other name (read_all fs ("/" ^ other));
      fails other ("file already exists: /" ^ other) (F.create fs ("/" ^ other)))
    [
      ("Mixed Case.Txt", "mIXED cASE.tXT");
      ("caf\xc3\xa9", "CAF\xc3\x89");
      ("\xce\xb1\xce\xb2\xce\xb3", "\xce\x91\xce\x92\xce\x93");
      ("\xd0\xb6\xd1\x91", "\xd0\x96\xd0\x81");
      ("\xc4\x8d", "\xc4\x8c");
      ("\u{17e}ena", "\u{17d}ENA");
      ("\u{17c}\u{f3}\u{142}w", "\u{17b}\u{d3}\u{141}W");
      ("\u{3ac}\u{3bb}\u{3c6}\u{3b1}", "\u{386}\u{39b}\u{3a6}\u{391}");
      ("\u{3cd}\u{3ce}", "\u{38e}\u{38f}");
      ("\u{491}", "\u{490}");
      ("\u{13a}\u{148}", "\u{139}\u{147}");
      ("\u{17a}\u{17e}", "\u{179}\u{17d}");
      ("\u{ff}", "\u{178}");
      ("\u{1ef9}", "\u{1ef8}");
      ("\u{561}", "\u{531}");
      ("\u{ff41}", "\u{ff21}");
    ]

(* Letters that are not each other's capital. *)
let case_matters () =
  let _, fs = formatted mib in
  List.iter
    (fun (name, other) ->
      put fs ("/" ^ name) name;
      put fs ("/" ^ other) other;
      Alcotest.(check string) name name (read_all fs ("/" ^ name)))
    [ ("\u{131}", "I"); ("\u{17f}", "S"); ("\u{df}", "\u{1e9e}"); ("\u{f7}", "\u{d7}") ]

let aliases () =
  let _, fs = formatted mib in
  List.iter
    (fun (name, alias) ->
      put fs ("/" ^ name) name;
      Alcotest.(check string) alias name (read_all fs ("/" ^ alias)))
    [
      ("A long name.text", "ALONGN~1.TEX");
      ("A long name 2.text", "ALONGN~2.TEX");
      (".profile", "PROFIL~1");
      ("small.txt", "SMALL.TXT");
      ("x.y.z", "XY~1.Z");
      ("\xd0\x9c\xd0\xb8\xd1\x80", "___~1");
    ];
  fails "an alias is a name too" "file already exists: /alongn~1.tex"
    (F.create fs "/alongn~1.tex");
  ok (F.destroy fs "/A long name.text");
  fails "and goes with it" "no ALONGN~1.TEX in /" (F.read fs "/ALONGN~1.TEX" 0 1)

let many_aliases () =
  let disk, fs = formatted (4 * mib) in
  ok (F.mkdir fs "/d");
  for i = 1 to 120 do
    put fs (Printf.sprintf "/d/the same beginning %d" i) (string_of_int i)
  done;
  Alcotest.(check string) "~9" "9" (read_all fs "/d/THESAM~9");
  Alcotest.(check string) "~10" "10" (read_all fs "/d/THESA~10");
  Alcotest.(check string) "~120" "120" (read_all fs "/d/THES~120");
  fsck disk

(* A program that knows no long names leaves them without the short one they belong
   to. *)
let orphans () =
  let disk, fs = formatted (64 * kib) in
  put fs "/a long name" "text";
  let root = 3L in
  Ram_disk.modify disk root (fun content ->
      Bytes.blit_string "RENAMED TXT" 0 content 32 11);
  let fs = connect disk in
  Alcotest.(check (list string)) "name" [ "RENAMED.TXT" ] (listdir fs "/");
  Alcotest.(check string) "content" "text" (read_all fs "/renamed.txt")

let suite =
  [
    case "names are kept" round_trip;
    case "names that are refused" refused;
    case "the case of letters" case_matters_not;
    case "letters that are no pair" case_matters;
    case "short names" aliases;
    case "many short names" many_aliases;
    case "long names that belong to nothing" orphans;
  ]
