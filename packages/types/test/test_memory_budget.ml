(* SPDX-License-Identifier: ISC *)

open Memory_budget

let check what expected got =
  if expected <> got then begin
    Printf.eprintf "%s: expected %d, got %d\n" what expected got;
    exit 1
  end

let account ?(log = ref []) name =
  let account = open_account ~layer:"test" () in
  on_shed account (fun () -> log := name :: !log);
  account

(* Each takes all the room that it finds, again and again. *)
let test_fair () =
  set_limit 1_000_000;
  let all = List.init 92 (fun i -> account (string_of_int i)) in
  for _ = 1 to 2000 do
    List.iter (fun a -> hold a (room a)) all;
    List.iter (fun a -> hold a (-(held a / 200))) all
  done;
  List.iter (fun a -> hold a (room a)) all;
  let holdings = List.map held all in
  let least = List.fold_left min max_int holdings in
  let most = List.fold_left max 0 holdings in
  assert (used () <= limit ());
  assert (least > 5_500 && most < 9_500);
  assert (room (account "late") > 5_500);
  List.iter close_account all;
  check "given back" 0 (used ())

let test_the_idlest_is_shed () =
  set_limit 1000;
  let log = ref [] in
  let a = account ~log "a" and b = account ~log "b" and c = account ~log "c" in
  List.iter (fun x -> hold x 300) [ a; b; c ];
  progress a;
  hold c 200;
  assert (!log = [ "b" ]);
  check "b gave it back" 800 (used ());
  hold b 500;
  check "and gets nothing more" 800 (used ());
  hold c 900;
  assert (!log = [ "a"; "b" ]);
  assert (is_exhausted ());
  check "whoever asks is not shed" 1400 (held c);
  close_account c;
  close_account c;
  check "all given back" 0 (used ())

(* Ten accounts of one peer, and between them one each of three others. *)
let test_a_greedy_peer () =
  let log = ref [] in
  let of_peer peer name =
    let account = open_account ~layer:"test" ~peer () in
    on_shed account (fun () -> log := name :: !log);
    account
  in
  let first = of_peer 1 "first" in
  let greedy = List.init 10 (fun i -> of_peer 7 (string_of_int i)) in
  let second = of_peer 2 "second" and third = of_peer 3 "third" in
  let other = open_account ~layer:"other" () in
  on_shed other (fun () -> log := "other" :: !log);
  for _ = 1 to 9 do
    shed_one ~layer:"test" ()
  done;
  assert (List.rev !log = List.init 9 string_of_int);
  shed_one ~layer:"test" ();
  assert (List.hd !log = "first");
  shed_one ~layer:"none" ();
  check "and no other layer" 10 (List.length !log);
  List.iter close_account (first :: second :: third :: other :: greedy)

let () =
  test_fair ();
  test_the_idlest_is_shed ();
  test_a_greedy_peer ();
  set_limit default
