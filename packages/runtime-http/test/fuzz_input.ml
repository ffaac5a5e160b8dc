(* SPDX-License-Identifier: ISC *)

(* Mutations of the table's cases, and what has to be true of any input. *)

open Lwt.Infix
module H = HTTP.Make (Channel_stub)

let seeds =
  List.concat_map snd Cases.all |> List.map (fun (_, input, _) -> input) |> Array.of_list

(* Octets that mean something to somebody. *)
let tokens =
  [|
    "\r"; "\n"; "\r\n"; "\r\n\r\n"; "\000"; " "; "\t"; ":"; ";"; ","; "="; "\""; "\\"; "%"; "0"; "f"; "/"; "*";
    "HTTP/1.1"; "HTTP/1.0"; "GET "; "POST "; "HEAD "; "Host: a\r\n"; "Content-Length: 5\r\n";
    "Transfer-Encoding: chunked\r\n"; "Connection: close\r\n"; "Expect: 100-continue\r\n"; "5\r\nabcde\r\n";
    "0\r\n\r\n"; "ffffffff"; "\xff"; "\x80"; "99999999999999999999";
  |]

let pick state array = array.(Random.State.int state (Array.length array))

let mutate state text =
  let length = String.length text in
  let at = Random.State.int state (length + 1) in
  let before = String.sub text 0 at and after = String.sub text at (length - at) in
  match Random.State.int state 6 with
  | 0 -> before ^ pick state tokens ^ after
  | 1 when after <> "" -> before ^ String.sub after 1 (String.length after - 1)
  | 2 when after <> "" ->
      let octet = String.make 1 (Char.chr (Random.State.int state 256)) in
      before ^ octet ^ String.sub after 1 (String.length after - 1)
  | 3 ->
      let other = pick state seeds in
      let from = Random.State.int state (String.length other + 1) in
      before ^ String.sub other from (String.length other - from)
  | 4 ->
      let n = min (Random.State.int state 40) (String.length after) in
      let part = String.sub after 0 n in
      before ^ part ^ part ^ String.sub after n (String.length after - n)
  | _ -> text ^ pick state seeds

let input state =
  let rec go text n = if n = 0 then text else go (mutate state text) (n - 1) in
  go (pick state seeds) (Random.State.int state 6)

(* [text] in pieces of any length. *)
let cut state text =
  let longest = pick state [| 1; 3; 20; 1_000 |] in
  let rec from at =
    if at = String.length text then []
    else
      let n = min (1 + Random.State.int state longest) (String.length text - at) in
      String.sub text at n :: from (at + n)
  in
  from 0

type seen = { written : string; requests : string list; logged : string list }

let serve pieces =
  let rest = ref pieces and written = Buffer.create 256 in
  let requests = ref [] and logged = ref [] in
  let read () =
    match !rest with
    | [] -> Lwt.return_none
    | piece :: others ->
        rest := others;
        Lwt.return_some (Cstruct.of_string piece)
  in
  let write parts =
    List.iter (fun part -> Buffer.add_string written (Cstruct.to_string part)) parts;
    Lwt.return_unit
  in
  let callback _ request body =
    Cohttp_lwt.Body.to_string body >>= fun body ->
    let about =
      Printf.sprintf "%s %s %S"
        (Cohttp.Code.string_of_method (Cohttp.Request.meth request))
        (Cohttp.Request.resource request) body
    in
    requests := about :: !requests;
    HTTP.Server.respond_string ~status:`OK ~body:about ()
  in
  let before = !HTTP.log in
  (HTTP.log := fun line -> logged := line :: !logged);
  let serving =
    H.Server.listen (HTTP.Server.make ~callback ())
      { Channel_stub.read; write; close = Lwt.return }
  in
  (* Nothing here waits for anything but its turn. *)
  let rec turn () =
    match Lwt.state serving with
    | Lwt.Return () -> ()
    | Lwt.Fail e -> raise e
    | Lwt.Sleep ->
        if Lwt.paused_count () = 0 then failwith "it hangs";
        Lwt.wakeup_paused ();
        turn ()
  in
  turn ();
  HTTP.log := before;
  { written = Buffer.contents written; requests = !requests; logged = !logged }

(* Whether a client is told to go on depends on what is there already. *)
let without_continue text =
  let go_on = "HTTP/1.1 100 Continue\r\n\r\n" in
  let rec remove text =
    let rec find i =
      if i + String.length go_on > String.length text then None
      else if String.sub text i (String.length go_on) = go_on then Some i
      else find (i + 1)
    in
    match find 0 with
    | None -> text
    | Some i ->
        let after = i + String.length go_on in
        remove (String.sub text 0 i ^ String.sub text after (String.length text - after))
  in
  remove text

(* What is wrong, if anything: a request must be read the same however it is cut, nothing is
   anybody's failure, and nothing is held when the connection has ended. *)
let problem state text =
  let held = Memory_budget.used () in
  match (serve [ text ], serve (cut state text)) with
  | exception e -> Some (Printexc.to_string e)
  | whole, cut ->
      if whole.requests <> cut.requests then Some "its requests depend on how it is cut"
      else if without_continue whole.written <> without_continue cut.written then
        Some "its answers depend on how it is cut"
      else if whole.logged <> [] || cut.logged <> [] then
        Some ("logged: " ^ String.concat "; " (whole.logged @ cut.logged))
      else if whole.written <> "" && not (String.starts_with ~prefix:"HTTP/1.1 " whole.written)
      then Some "the answer has no head"
      else if Memory_budget.used () <> held then Some "memory is held"
      else None
