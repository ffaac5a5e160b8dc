(* SPDX-License-Identifier: ISC *)

(* Channels on a connection whose reads are given. *)

open Lwt.Infix

module Fake = struct
  type +'a io = 'a Lwt.t
  type buffer = Cstruct.t
  type ipv4 = unit
  type ipv4addr = Ipaddr.V4.t
  type ipv4input = unit
  type error = [ `Unknown of string | `Timeout | `Refused ]

  type flow = {
    mutable reads : [ `Ok of Cstruct.t | `Eof | `Error of error ] list;
    mutable written : string list list;  (** the parts of each writev, last first *)
    mutable closed : bool;
  }

  type t = unit
  type callback = flow -> unit Lwt.t

  let connect () = Lwt.return (`Ok ())
  let disconnect () = Lwt.return_unit
  let id () = ()
  let get_dest _ = (Ipaddr.V4.any, 0)

  let read flow =
    match flow.reads with
    | [] -> Lwt.return `Eof
    | first :: rest ->
      flow.reads <- rest;
      Lwt.return first

  let writev flow parts =
    flow.written <- List.map Cstruct.to_string parts :: flow.written;
    Lwt.return_unit

  let write flow part = writev flow [ part ]
  let write_nodelay = write
  let writev_nodelay = writev

  let close flow =
    flow.closed <- true;
    Lwt.return_unit

  let create_connection () _ = Lwt.return (`Error `Refused)
  let input () ~listeners:_ = ()
end

module C = Channel.Make (Fake)

let channel ?(at_end = `Eof) texts =
  let reads = List.map (fun t -> `Ok (Cstruct.of_string t)) texts @ [ at_end ] in
  C.create { Fake.reads; written = []; closed = false }

let now promise =
  match Lwt.state promise with
  | Lwt.Return x -> x
  | Lwt.Fail exn -> raise exn
  | Lwt.Sleep -> Alcotest.fail "waits"

let line c = Cstruct.copyv (now (C.read_line c))
let check = Alcotest.(check string)
let at_end what f = Alcotest.check_raises what End_of_file (fun () -> ignore (now (f ())))

let test_lines () =
  let c = channel [ "one\r\ntwo\n\r"; "\nfo"; ""; "ur\r"; "\nla"; "st" ] in
  check "CRLF" "one" (line c);
  check "LF" "two" (line c);
  check "empty, divided" "" (line c);
  check "in parts" "four" (line c);
  check "without end" "last" (line c);
  at_end "end" (fun () -> C.read_line c);
  at_end "still" (fun () -> C.read_line c)

let test_until () =
  let c = channel [ "ab;cd"; ";ef" ] in
  let until () =
    let found, data = now (C.read_until c ';') in
    (found, Cstruct.to_string data)
  in
  let check what expected = Alcotest.(check (pair bool string)) what expected (until ()) in
  check "found" (true, "ab");
  check "not yet" (false, "cd");
  check "now" (true, "");
  check "at the end" (false, "ef");
  at_end "end" (fun () -> C.read_until c ';')

let test_chars_and_some () =
  let c = channel [ "abc"; "defgh" ] in
  Alcotest.(check char) "char" 'a' (now (C.read_char c));
  check "what is there" "bc" (Cstruct.to_string (now (C.read_some c)));
  check "no more than" "de" (Cstruct.to_string (now (C.read_some ~len:2 c)));
  check "no more than there is" "fgh" (Cstruct.to_string (now (C.read_some ~len:100 c)));
  at_end "end" (fun () -> C.read_char c);
  at_end "end" (fun () -> C.read_some c)

let test_stream () =
  let c = channel [ "abc"; "defgh"; "ij" ] in
  let all ?len () =
    Cstruct.copyv (now (Lwt_stream.to_list (C.read_stream ?len c)))
  in
  check "so many" "abcdef" (all ~len:6 ());
  check "the rest" "ghij" (all ());
  check "nothing" "" (all ())

let test_lost () =
  let c = channel ~at_end:(`Error `Timeout) [ "half a li" ] in
  match now (C.read_line c) with
  | _ -> Alcotest.fail "a line"
  | exception Channel.Failed reason -> check "reason" "connection timed out" reason

let flow_of c = C.to_flow c

let test_write () =
  let c = channel [] in
  C.write_line c "header";
  C.write_char c '!';
  C.write_buffer c (Cstruct.of_string "body");
  C.write_string c "(tail)" 1 4;
  Alcotest.(check int) "nothing yet" 0 (List.length (flow_of c).written);
  now (C.flush c);
  Alcotest.(check (list (list string))) "in one go" [ [ "header\n!"; "body"; "tail" ] ]
    (flow_of c).written;
  now (C.flush c);
  Alcotest.(check int) "nothing more" 1 (List.length (flow_of c).written);
  C.write_char c '.';
  now (C.close c);
  Alcotest.(check bool) "flushed, then closed" true
    ((flow_of c).closed && List.hd (flow_of c).written = [ "." ])

let test_write_much () =
  let c = channel [] in
  let text = String.init 20_000 (fun i -> Char.chr (i land 0xff)) in
  C.write_string c text 0 20_000;
  now (C.flush c);
  check "all" text (String.concat "" (List.hd (flow_of c).written));
  Alcotest.check_raises "bounds" (Invalid_argument "Channel.write_string") (fun () ->
      C.write_string c text 19_999 2)

let test_close_after_failure () =
  let c = channel [] in
  C.write_buffer c (Cstruct.of_string "x");
  ignore (now (C.flush c >>= fun () -> C.close c));
  Alcotest.(check bool) "closed" true (flow_of c).closed

let case name f = Alcotest.test_case name `Quick f

let suite =
  [
    case "lines" test_lines;
    case "until" test_until;
    case "characters and pieces" test_chars_and_some;
    case "streams" test_stream;
    case "lost connection" test_lost;
    case "writing" test_write;
    case "writing much" test_write_much;
    case "close" test_close_after_failure;
  ]
