(* SPDX-License-Identifier: ISC *)

(* dune translates this file before it is compiled: what is written here in the syntax
   of camlp4's extension has to do what the extension's manual says. *)

open Lwt

let trace = Buffer.create 100
let say text = Buffer.add_string trace (text ^ " "); return ()
let number n = return n

let check what expected f =
  Buffer.clear trace;
  let thread = try f () with exn -> Lwt.fail exn in
  (match Lwt.state thread with
   | Return () -> ()
   | Fail exn -> Buffer.add_string trace (Printexc.to_string exn)
   | Sleep -> Buffer.add_string trace "sleeps");
  let got = String.trim (Buffer.contents trace) in
  if got <> expected then begin
    Printf.eprintf "%s: %S, not %S\n" what got expected;
    exit 1
  end

let waits () =
  let thread, wake = Lwt.wait () in
  let after = thread >> say "late" in
  say "early" >> (Lwt.wakeup wake (); after)

let bindings () =
  lwt x = number 1 in
  lwt y = number (x + 1) and z = number 10 in
  let w = 100 and v = 1000 in
  say (string_of_int (x + y + z + w + v))

let cases n =
  match_lwt number n with
  | 0 -> say "zero" >> say "nothing"
  | n when n < 0 -> (
      match_lwt number (-n) with
      | 1 -> say "minus one"
      | _ -> say "less")
  | n -> if n > 10 then say "many" >> say "lots" else say "some" >> say "few"

let attempts exn =
  try_lwt
    say "try" >>
    raise_lwt exn
  with
  | Not_found -> say "not found" >> say "handled"
  | Failure text ->
    lwt () = say text in
    say "failure"

let at_last exn =
  try_lwt
    say "try" >> (if exn = Exit then return () else fail exn)
  finally say "at" >> say "last"

let both () =
  try_lwt raise Not_found
  with Not_found -> say "handled"
  finally say "first"

let nested () =
  try_lwt
    try_lwt fail Exit with Not_found -> say "wrong"
  with Exit -> (
    try_lwt fail Not_found with Not_found -> say "inner")
  finally say "finally"

let raised () = try_lwt ignore (failwith "at once"); return ()

let loops () =
  let count = ref 0 in
  for_lwt i = 1 to 3 do
    say (string_of_int i)
  done >>
  for_lwt i = 2 downto 1 do
    lwt () = say (string_of_int i) in
    return ()
  done >>
  while_lwt !count < 2 do
    incr count;
    say "while"
  done >>
  for_lwt (a, _) in Lwt_stream.of_list [ ("x", 1); ("y", 2) ] do
    say a
  done

let lists () =
  Lwt.join [ say "a" >> say "b"; say "c" >> say "d" ] >>
  let pair = (say "e" >> say "f", 2) in
  fst pair

let sequences flag =
  if flag then ignore (say "then");
  let t = say "g" >> say "h" in
  for _ = 1 to 2 do ignore (say "loop") done;
  t >>= fun () -> say "i" >> match flag with true -> say "j" | false -> return ()

(* What only looks like it: lwt >> for_lwt "(* *)" '"' *)
let text = "lwt x >> y" ^ {|match_lwt "|} ^ String.make 1 '"' ^ String.make 1 '\''
let labelled ~lwt:n c = if c = 'a' then n else 0
let shift = labelled ~lwt:1 'a'

let right_hand () =
  let first = say "k" <&> say "l" >> say "m" <&> say "n" in
  first >> begin
    say "o" >>
    say "p"
  end

let () =
  check "a delay" "early late" waits;
  check "bindings" "1113" bindings;
  check "case 0" "zero nothing" (fun () -> cases 0);
  check "case -1" "minus one" (fun () -> cases (-1));
  check "case -2" "less" (fun () -> cases (-2));
  check "case 5" "some few" (fun () -> cases 5);
  check "case 50" "many lots" (fun () -> cases 50);
  check "with" "try not found handled" (fun () -> attempts Not_found);
  check "with a binding" "try text failure" (fun () -> attempts (Failure "text"));
  check "no case" "try Stdlib.Exit" (fun () -> attempts Exit);
  check "finally" "try at last" (fun () -> at_last Exit);
  check "finally, failed" "try at last Not_found" (fun () -> at_last Not_found);
  check "with and finally" "first handled" both;
  check "nested" "finally inner" nested;
  check "try alone" "Failure(\"at once\")" raised;
  check "loops" "1 2 3 2 1 while while x y" loops;
  check "lists" "c d a b e f" lists;
  check "sequences" "then g h loop loop i j" (fun () -> sequences true);
  check "infix" "l k n m o p" right_hand;
  assert (shift = 1 && String.length text > 10)
