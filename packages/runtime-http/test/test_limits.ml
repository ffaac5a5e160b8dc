(* SPDX-License-Identifier: ISC *)

(* What peers are granted: time, size and places. The clock is the test's. *)

open Lwt.Infix
open Support
module H = HTTP.Make (Channel_stub)
module Body = Cohttp_lwt.Body

(* A second passes when the test says so. *)
type clock = unit Lwt_condition.t

let config clock =
  { HTTP.Config.default with sleep = Some (fun _ -> Lwt_condition.wait clock) }

(* Lets everything happen that does not wait for the clock or the peer. *)
let rec settle n =
  if n = 0 then Lwt.return_unit else Lwt.pause () >>= fun () -> settle (n - 1)

let rec pass (clock : clock) seconds =
  if seconds = 0 then Lwt.return_unit
  else begin
    Lwt_condition.broadcast clock ();
    settle 10 >>= fun () -> pass clock (seconds - 1)
  end

type peer = {
  say : string option -> unit;
  heard : Buffer.t;
  mutable closed : bool;  (** the server's end of the stream came *)
  mutable finished : bool;  (** the server is done with it *)
  mutable unread : int;  (** pieces that were said and not read *)
  mutable takes : bool;
}

let mirror _ request body =
  Body.to_string body >>= fun body ->
  let meth = Cohttp.Code.string_of_method (Cohttp.Request.meth request) in
  HTTP.Server.respond_string ~status:`OK ~body:(meth ^ string_of_int (String.length body)) ()

let connect ?(callback = mirror) ?(takes = true) config =
  let pieces, push = Lwt_stream.create () in
  let rec peer =
    {
      say =
        (fun piece ->
          peer.unread <- peer.unread + 1;
          push (Option.map Cstruct.of_string piece));
      heard = Buffer.create 100;
      closed = false;
      finished = false;
      unread = 0;
      takes;
    }
  in
  let flow =
    {
      Channel_stub.read =
        (fun () ->
          Lwt_stream.get pieces >|= fun piece ->
          peer.unread <- peer.unread - 1;
          piece);
      write =
        (fun parts ->
          if peer.takes || parts = [] then begin
            List.iter (fun part -> Buffer.add_string peer.heard (Cstruct.to_string part)) parts;
            Lwt.return_unit
          end
          else fst (Lwt.wait ()));
      close =
        (fun () ->
          peer.closed <- true;
          Lwt.return_unit);
    }
  in
  Lwt.async (fun () ->
      H.Server.listen ~config (HTTP.Server.make ~callback ()) flow >|= fun () ->
      peer.finished <- true);
  settle 10 >|= fun () -> peer

let status peer =
  match Buffer.contents peer.heard with
  | "" -> 0
  | text -> int_of_string (String.sub text 9 3)

let check what peer ~status:expected ~closed ~finished =
  Alcotest.(check (list (pair string int))) what
    [ ("status", expected); ("closed", Bool.to_int closed); ("finished", Bool.to_int finished) ]
    [ ("status", status peer); ("closed", Bool.to_int peer.closed); ("finished", Bool.to_int peer.finished) ]

let say peer text =
  peer.say (Some text);
  settle 10

let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

let slow_head () =
  let clock = Lwt_condition.create () in
  connect (config clock) >>= fun peer ->
  let rec dribble n =
    if n = 0 then Lwt.return_unit
    else say peer "x" >>= fun () -> pass clock 1 >>= fun () -> dribble (n - 1)
  in
  dribble 29 >>= fun () ->
  check "in time" peer ~status:0 ~closed:false ~finished:false;
  dribble 3 >>= fun () ->
  check "too late" peer ~status:408 ~closed:true ~finished:false;
  check_contains "says so" "connection: close" (Buffer.contents peer.heard);
  pass clock 7 >|= fun () -> check "and forgotten" peer ~status:408 ~closed:true ~finished:true

let silent () =
  let clock = Lwt_condition.create () in
  connect (config clock) >>= fun peer ->
  pass clock 32 >|= fun () -> check "nothing said" peer ~status:0 ~closed:true ~finished:false

let idle () =
  let clock = Lwt_condition.create () in
  connect (config clock) >>= fun peer ->
  pass clock 25 >>= fun () ->
  say peer get >>= fun () ->
  check "answered" peer ~status:200 ~closed:false ~finished:false;
  Buffer.clear peer.heard;
  pass clock 55 >>= fun () ->
  say peer "G" >>= fun () ->
  pass clock 25 >>= fun () ->
  say peer (String.sub get 1 (String.length get - 1)) >>= fun () ->
  check "a head has its own time" peer ~status:200 ~closed:false ~finished:false;
  Buffer.clear peer.heard;
  pass clock 62 >|= fun () -> check "idle" peer ~status:0 ~closed:true ~finished:false

let post length = Printf.sprintf "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" length

let slow_body () =
  let clock = Lwt_condition.create () in
  connect (config clock) >>= fun peer ->
  say peer (post 1_000) >>= fun () ->
  let rec dribble n =
    if n = 0 then Lwt.return_unit
    else say peer "x" >>= fun () -> pass clock 5 >>= fun () -> dribble (n - 1)
  in
  dribble 4 >>= fun () ->
  check "in time" peer ~status:0 ~closed:false ~finished:false;
  dribble 2 >|= fun () -> check "too slow" peer ~status:408 ~closed:true ~finished:false

let steady_body () =
  let clock = Lwt_condition.create () in
  connect (config clock) >>= fun peer ->
  say peer (post 100_000) >>= fun () ->
  let rec send n =
    if n = 0 then Lwt.return_unit
    else say peer (String.make 1_000 'x') >>= fun () -> pass clock 1 >>= fun () -> send (n - 1)
  in
  send 100 >|= fun () -> check "all of it" peer ~status:200 ~closed:false ~finished:false

let stalled_body () =
  let clock = Lwt_condition.create () in
  connect (config clock) >>= fun peer ->
  say peer (post 1_000) >>= fun () ->
  pass clock 62 >|= fun () -> check "no more of it" peer ~status:408 ~closed:true ~finished:false

(* The body of such a request is not read by whom it is not for. *)
let refusing _ _ _ = HTTP.Server.respond_string ~status:`Forbidden ~body:"no" ()

let unread_body () =
  let clock = Lwt_condition.create () in
  connect ~callback:refusing (config clock) >>= fun peer ->
  say peer (post 2_000_000) >>= fun () ->
  check "answered at once" peer ~status:403 ~closed:true ~finished:false;
  check_contains "the last answer" "connection: close" (Buffer.contents peer.heard);
  let rec send n =
    if n = 0 then Lwt.return_unit
    else say peer (String.make 10_000 'x') >>= fun () -> send (n - 1)
  in
  send 200 >>= fun () ->
  Alcotest.(check int) "taken and thrown away" 0 peer.unread;
  peer.say None;
  settle 10 >|= fun () -> check "then done" peer ~status:403 ~closed:true ~finished:true

let lingering () =
  let clock = Lwt_condition.create () in
  connect ~callback:refusing (config clock) >>= fun peer ->
  say peer (post 2_000_000) >>= fun () ->
  pass clock 4 >>= fun () ->
  say peer "x" >>= fun () ->
  check "waits for its end" peer ~status:403 ~closed:true ~finished:false;
  pass clock 3 >|= fun () -> check "but not for long" peer ~status:403 ~closed:true ~finished:true

let deaf () =
  let clock = Lwt_condition.create () in
  connect ~takes:false (config clock) >>= fun peer ->
  say peer get >>= fun () ->
  pass clock 59 >>= fun () ->
  check "waited for" peer ~status:0 ~closed:false ~finished:false;
  pass clock 3 >|= fun () -> check "given up" peer ~status:0 ~closed:true ~finished:true

let places () =
  let clock = Lwt_condition.create () in
  let config = { (config clock) with max_connections = 3 } in
  connect config >>= fun answered ->
  say answered get >>= fun () ->
  pass clock 1 >>= fun () ->
  connect config >>= fun unfinished ->
  say unfinished "GET" >>= fun () ->
  pass clock 1 >>= fun () ->
  say answered get >>= fun () ->
  connect config >>= fun third ->
  say third get >>= fun () ->
  connect config >>= fun fourth ->
  check "the unfinished head makes room" unfinished ~status:0 ~closed:true ~finished:true;
  say fourth get >>= fun () ->
  check "the newcomer is served" fourth ~status:200 ~closed:false ~finished:false;
  check "and so is who came first" answered ~status:200 ~closed:false ~finished:false;
  connect config >|= fun _ ->
  check "then the longest idle" answered ~status:200 ~closed:true ~finished:true

let many_unfinished () =
  let clock = Lwt_condition.create () in
  let config = { (config clock) with max_connections = 100 } in
  let rec attack n =
    if n = 0 then Lwt.return_unit
    else connect config >>= fun peer -> say peer "G" >>= fun () -> attack (n - 1)
  in
  attack 1_000 >>= fun () ->
  connect config >>= fun honest ->
  say honest get >|= fun () -> check "served" honest ~status:200 ~closed:false ~finished:false

let memory () =
  let clock = Lwt_condition.create () in
  let limit = Memory_budget.limit () in
  Memory_budget.set_limit (Memory_budget.used () + 100_000);
  let config = config clock in
  let head = "GET / HTTP/1.1\r\nX: " ^ String.make 25_000 'x' in
  Lwt.finalize
    (fun () ->
      Lwt_list.map_s
        (fun _ -> connect config >>= fun peer -> say peer head >|= fun () -> peer)
        (List.init 20 Fun.id)
      >>= fun peers ->
      let kept = List.filter (fun peer -> not peer.finished) peers in
      if List.length kept > 4 then Alcotest.failf "%d heads of 25 kB are held" (List.length kept);
      Alcotest.(check bool) "the latest is there" false (List.nth peers 19).finished;
      say (List.nth peers 19) "\r\nHost: a\r\n\r\n" >>= fun () ->
      check "and is served" (List.nth peers 19) ~status:200 ~closed:false ~finished:false;
      pass clock 40 >|= fun () ->
      Alcotest.(check bool) "nothing is left of them" true (Memory_budget.used () + 100_000 <= Memory_budget.limit ()))
    (fun () ->
      Memory_budget.set_limit limit;
      Lwt.return_unit)

let requests () =
  let clock = Lwt_condition.create () in
  let config = { (config clock) with max_requests = 3 } in
  connect config >>= fun peer ->
  say peer (get ^ get) >>= fun () ->
  check "goes on" peer ~status:200 ~closed:false ~finished:false;
  say peer get >|= fun () ->
  check "the last one" peer ~status:200 ~closed:true ~finished:false;
  check_contains "says so" "connection: close" (Buffer.contents peer.heard)

let sizes () =
  let clock = Lwt_condition.create () in
  let config = { (config clock) with max_body = 10L } in
  let sent text expected =
    connect config >>= fun peer ->
    say peer text >|= fun () -> Alcotest.(check int) text expected (status peer)
  in
  let chunked body = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" ^ body in
  sent (post 10 ^ "0123456789") 200 >>= fun () ->
  sent (post 11) 413 >>= fun () ->
  sent (chunked "a\r\n0123456789\r\n0\r\n\r\n") 200 >>= fun () ->
  sent (chunked "b\r\n") 413 >>= fun () -> sent (chunked "a\r\n0123456789\r\n1\r\n") 413

let dates () =
  let config = { HTTP.Config.default with now = Some (fun () -> 784111777.9) } in
  connect config >>= fun peer ->
  say peer get >>= fun () ->
  check_contains "a date" "\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n" (Buffer.contents peer.heard);
  let callback _ _ _ =
    let headers = Cohttp.Header.init_with "date" "mine" in
    HTTP.Server.respond_string ~headers ~status:`OK ~body:"" ()
  in
  connect ~callback config >>= fun peer ->
  say peer get >|= fun () ->
  let text = Buffer.contents peer.heard in
  check_contains "the callback's" "\r\ndate: mine\r\n" text;
  Alcotest.(check bool) "and no other" false (contains "1994" text)

let suite =
  ( "limits",
    [
      lwt_case "a head that dribbles" slow_head;
      lwt_case "a peer that says nothing" silent;
      lwt_case "an idle connection" idle;
      lwt_case "a body that dribbles" slow_body;
      lwt_case "a steady body" steady_body;
      lwt_case "a body that stops" stalled_body;
      lwt_case "a body that nobody reads" unread_body;
      lwt_case "a peer that doesn't close" lingering;
      lwt_case "a peer that takes nothing" deaf;
      lwt_case "the least deserving makes room" places;
      lwt_case "1,000 unfinished heads" many_unfinished;
      lwt_case "memory is bounded" memory;
      lwt_case "requests of a connection" requests;
      lwt_case "sizes of bodies" sizes;
      lwt_case "dates" dates;
    ] )
