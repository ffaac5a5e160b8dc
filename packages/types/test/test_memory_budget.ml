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

let test_idlest () =
  let accounts = List.init 5 (fun _ -> account "x") in
  let other = open_account ~layer:"other" () in
  on_shed other ignore;
  progress (List.hd accounts);
  let seen = ref 0 in
  idlest ~layer:"test" ~most:3 (fun a ->
      incr seen;
      assert (a == List.nth accounts !seen);
      shed a;
      true);
  check "so many" 3 !seen;
  idlest ~layer:"other" ~most:3 (fun a -> a != other);
  List.iter close_account (other :: accounts)

let () =
  test_fair ();
  test_the_idlest_is_shed ();
  test_idlest ();
  set_limit default
