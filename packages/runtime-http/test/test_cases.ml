(* SPDX-License-Identifier: ISC *)

(* The table of kinds, each case in one piece and octet by octet. *)

open Lwt.Infix
open Support
module H = HTTP.Make (Channel_stub)

let callback _ request body =
  Cohttp_lwt.Body.to_string body >>= fun body ->
  let meth = Cohttp.Code.string_of_method (Cohttp.Request.meth request) in
  HTTP.Server.respond_string ~status:`OK ~body:(meth ^ " " ^ body ^ "\n") ()

(* What was written, and whether the server closed before it saw the peer's end. *)
let answer pieces =
  let rest = ref pieces and written = Buffer.create 256 in
  let saw_end = ref false in
  let read () =
    match !rest with
    | [] ->
        saw_end := true;
        Lwt.return_none
    | piece :: others ->
        rest := others;
        Lwt.return_some (Cstruct.of_string piece)
  in
  let write parts =
    List.iter (fun part -> Buffer.add_string written (Cstruct.to_string part)) parts;
    Lwt.return_unit
  in
  let close () = Lwt.return_unit in
  let server = HTTP.Server.make ~callback () in
  H.Server.listen server { Channel_stub.read; write; close } >|= fun () ->
  (Buffer.contents written, !saw_end)

(* Of every head that begins a line, and answers for good; no body here has such a line. *)
let statuses text =
  String.split_on_char '\n' text
  |> List.filter_map (fun line ->
         if String.starts_with ~prefix:"HTTP/1.1 " line then
           int_of_string_opt (String.sub line 9 3)
         else None)
  |> List.filter (( <> ) 100)

let check what pieces (expected : Cases.expectation) =
  answer pieces >|= fun (text, saw_end) ->
  Alcotest.(check (list int)) what expected.statuses (statuses text);
  (* A connection that is kept goes on reading; one whose peer has gone ends as well. *)
  let closes = (not saw_end) || contains "connection: close" text || expected.statuses = [] in
  Alcotest.(check bool) (what ^ ": closed") expected.closes closes

let octets text = List.init (String.length text) (fun i -> String.make 1 text.[i])

let run_case (name, input, expected) () =
  check name [ input ] expected >>= fun () ->
  check (name ^ ", octet by octet") (octets input) expected

let suites =
  List.map
    (fun (group, cases) ->
      ( "cases: " ^ group,
        List.map (fun ((name, _, _) as case) -> lwt_case name (run_case case)) cases ))
    Cases.all
