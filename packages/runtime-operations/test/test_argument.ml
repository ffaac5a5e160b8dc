(* SPDX-License-Identifier: ISC *)

let size = Argument.value Argument.int ~default:16 ~doc:"entries of the cache" "cache-size"
let title = Argument.value Argument.string ~default:"none" "title"
let peers = Argument.value (Argument.list Argument.address) ~default:[] "peers"
let is_loud = Argument.value Argument.bool ~default:false "loud"
let pause = Argument.value Argument.duration ~default:1. "pause"
let room = Argument.value Argument.size ~default:0 "room"
let network = Argument.optional Argument.cidr "network"

let give ?(environment = []) words =
  let input = { Argument.words; variable = (fun name -> List.assoc_opt name environment) } in
  Argument.set_input input;
  input

let forms () =
  let check words expected =
    ignore (give words);
    Alcotest.(check int) (String.concat " " words) expected (size ())
  in
  check [] 16;
  check [ "--cache-size"; "3" ] 3;
  check [ "--cache-size=4" ] 4;
  check [ "--cache-size=4"; "--cache-size"; "-5" ] (-5);
  ignore (give ~environment:[ ("ARGUMENT_CACHE_SIZE", "6") ] []);
  Alcotest.(check int) "environment" 6 (size ());
  ignore (give ~environment:[ ("ARGUMENT_CACHE_SIZE", "6") ] [ "--cache-size=7" ]);
  Alcotest.(check int) "the command line counts more" 7 (size ())

let texts () =
  let check words expected =
    ignore (give words);
    Alcotest.(check string) (String.concat " " words) expected (title ())
  in
  check [ "--title"; "a b=c" ] "a b=c";
  check [ "--title="; "--loud" ] "";
  check [ "--title=--loud" ] "--loud";
  check [ "--title=a=b" ] "a=b"

let flags () =
  let check words expected =
    ignore (give words);
    Alcotest.(check bool) (String.concat " " words) expected (is_loud ())
  in
  check [] false;
  check [ "--loud" ] true;
  check [ "--loud"; "--title"; "x" ] true;
  check [ "--loud"; "false" ] false;
  check [ "--loud=false" ] false

let kinds () =
  ignore
    (give
       [ "--peers"; "10.0.0.1, 10.0.0.2"; "--peers=10.0.0.3"; "--pause"; "1h30m0.5s"; "--room";
         "64MiB"; "--network"; "10.0.0.5/24" ]);
  Alcotest.(check (list string)) "a list" [ "10.0.0.1"; "10.0.0.2"; "10.0.0.3" ]
    (List.map Ipaddr.V4.to_string (peers ()));
  Alcotest.(check (float 0.)) "a duration" 5400.5 (pause ());
  Alcotest.(check int) "a size" 67_108_864 (room ());
  match network () with
  | Some (address, prefix) ->
      Alcotest.(check string) "an address in a network" "10.0.0.5 10.0.0.0/24"
        (Ipaddr.V4.to_string address ^ " " ^ Ipaddr.V4.Prefix.to_string prefix)
  | None -> Alcotest.fail "no network"

let problems () =
  let check words expected =
    Alcotest.(check (list string)) (String.concat " " words) expected
      (Argument.problems (give words))
  in
  check [] [];
  check [ "--cache-sise"; "3"; "--title"; "t" ]
    [ "--cache-sise: there is no such argument; did you mean --cache-size?" ];
  check [ "--size-cache=3" ]
    [ "--size-cache: there is no such argument; did you mean --cache-size?" ];
  check [ "--wholly-unlike"; "--cache-size=0x10" ]
    [
      "--wholly-unlike: there is no such argument; --help lists what there is";
      "--cache-size: `0x10` is not a whole number";
    ];
  check [ "--title" ] [ "--title: there is no value behind it" ];
  check [ "--title"; "--loud" ] [ "--title: there is no value behind it" ];
  check [ "stray"; "--pause=9" ]
    [ "`stray` belongs to no argument"; "--pause: `9` is not a duration such as 90s, 5m or 1h30m" ];
  check [ "--room"; "99999999999GiB" ] [ "--room: `99999999999GiB` is not a size such as 64MiB" ];
  let environment = [ ("ARGUMENT_ROOM", "much") ] in
  Alcotest.(check (list string)) "a variable"
    [ "ARGUMENT_ROOM: `much` is not a size such as 64MiB" ]
    (Argument.problems (give ~environment []))

let declarations () =
  let refused name =
    match Argument.value Argument.int ~default:0 name with
    | (_ : unit -> int) -> Alcotest.fail name
    | exception Invalid_argument _ -> ()
  in
  List.iter refused [ "title"; "help"; ""; "-x"; "Title"; "a_b"; "1st" ]

let help () =
  let text = Argument.help "shop" in
  let has part =
    let rec search i =
      i + String.length part <= String.length text
      && (String.sub text i (String.length part) = part || search (i + 1))
    in
    Alcotest.(check bool) part true (search 0)
  in
  List.iter has
    [ "Arguments of shop:\n"; "  --cache-size NUMBER  "; "entries of the cache\n"; "  --loud\n" ]

let tests =
  [
    Alcotest.test_case "forms" `Quick forms;
    Alcotest.test_case "texts" `Quick texts;
    Alcotest.test_case "flags" `Quick flags;
    Alcotest.test_case "kinds" `Quick kinds;
    Alcotest.test_case "problems" `Quick problems;
    Alcotest.test_case "declarations" `Quick declarations;
    Alcotest.test_case "help" `Quick help;
  ]
