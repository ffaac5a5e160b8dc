(* SPDX-License-Identifier: ISC *)

(* Fragments of datagrams, and pieces of a TCP stream. *)

let ip = Ipaddr.V4.of_string_exn

let fragment ?(id = 1) ?(src = "10.0.0.9") ~more offset text : Ipv4_wire.t =
  {
    src = ip src;
    dst = ip "10.0.0.2";
    proto = 17;
    id;
    more_fragments = more;
    fragment_offset = offset;
    payload = Cstruct.of_string text;
  }

let create () = Ipv4_reassembly.create ~max_datagrams:4 ~max_octets:10_000
let insert t f = Option.map Cstruct.to_string (Ipv4_reassembly.insert t f)
let check = Alcotest.(check (option string))

let test_in_order () =
  let t = create () in
  check "first" None (insert t (fragment ~more:true 0 "12345678"));
  check "second" None (insert t (fragment ~more:true 8 "abcdefgh"));
  check "last" (Some "12345678abcdefghxy") (insert t (fragment ~more:false 16 "xy"));
  Alcotest.(check bool) "nothing kept" true (Ipv4_reassembly.is_empty t)

let test_any_order () =
  let t = create () in
  check "last" None (insert t (fragment ~more:false 16 "xy"));
  check "first" None (insert t (fragment ~more:true 0 "12345678"));
  check "repeated" None (insert t (fragment ~more:true 0 "12345678"));
  check "another datagram" None (insert t (fragment ~id:2 ~more:true 8 "????????"));
  check "another sender" None (insert t (fragment ~src:"10.0.0.8" ~more:true 8 "????????"));
  check "all" (Some "12345678abcdefghxy") (insert t (fragment ~more:true 8 "abcdefgh"))

let test_overlap () =
  let t = create () in
  check "first" None (insert t (fragment ~more:true 0 "1234567812345678"));
  check "overlap" None (insert t (fragment ~more:true 8 "ABCDEFGHABCDEFGH"));
  check "the datagram is lost" None (insert t (fragment ~more:false 24 "xy"));
  check "for good" None (insert t (fragment ~more:true 8 "12345678"));
  check "others are not" None (insert t (fragment ~id:2 ~more:true 0 "12345678"));
  check "others are not" (Some "12345678xy") (insert t (fragment ~id:2 ~more:false 8 "xy"))

let test_two_ends () =
  let t = create () in
  check "an end" None (insert t (fragment ~more:false 16 "xy"));
  check "another end" None (insert t (fragment ~more:false 24 "xy"));
  check "lost" None (insert t (fragment ~more:true 0 "1234567812345678"))

let test_behind_the_end () =
  let t = create () in
  check "behind" None (insert t (fragment ~more:true 32 "12345678"));
  check "end" None (insert t (fragment ~more:false 16 "xy"));
  check "lost" None (insert t (fragment ~more:true 0 "1234567812345678"))

let test_malformed () =
  let t = create () in
  check "no multiple of 8" None (insert t (fragment ~more:true 0 "123"));
  check "empty" None (insert t (fragment ~more:true 0 ""));
  check "too long" None (insert t (fragment ~more:false 65528 (String.make 100 'x')));
  Alcotest.(check bool) "nothing kept" true (Ipv4_reassembly.is_empty t)

let test_timeout () =
  let t = create () in
  check "first" None (insert t (fragment ~more:true 0 "12345678"));
  for _ = 1 to 6 do
    Ipv4_reassembly.tick t
  done;
  Alcotest.(check bool) "forgotten" true (Ipv4_reassembly.is_empty t);
  check "too late" None (insert t (fragment ~more:false 8 "xy"))

let test_bounds () =
  let t = create () in
  for id = 1 to 100_000 do
    ignore (insert t (fragment ~id:(id land 0xffff) ~more:true 0 (String.make 800 'x')))
  done;
  check "the latest is kept" (Some (String.make 800 'x' ^ "end"))
    (insert t (fragment ~id:(100_000 land 0xffff) ~more:false 800 "end"));
  (* The largest datagram fits even if it alone exceeds the bound. *)
  let t = create () in
  for i = 0 to 79 do
    ignore (insert t (fragment ~more:true (800 * i) (String.make 800 'x')))
  done;
  check "the largest" (Some (String.make 65_000 'x'))
    (insert t (fragment ~more:false 64_000 (String.make 1000 'x')))

let shuffle random list =
  List.map snd (List.sort compare (List.map (fun x -> (Random.State.bits random, x)) list))

let fragments_in_any_order =
  Property.case "fragments in any order" ~count:300
    QCheck.(triple (int_bound 100_000) (int_range 1 8000) (int_range 1 50))
    (fun (seed, length, eighths) ->
      let random = Random.State.make [| seed |] in
      let data = String.init length (fun _ -> Char.chr (Random.State.int random 256)) in
      let size = 8 * eighths in
      let rec cut offset =
        if offset + size >= length then
          [ fragment ~more:false offset (String.sub data offset (length - offset)) ]
        else fragment ~more:true offset (String.sub data offset size) :: cut (offset + size)
      in
      let all = cut 0 in
      QCheck.assume (List.length all <= 128);
      let t = Ipv4_reassembly.create ~max_datagrams:4 ~max_octets:0x100000 in
      let results = List.map (insert t) (shuffle random all) in
      List.filter Option.is_some results = [ Some data ])

let account () = Memory_budget.open_account ~layer:"test" ()

let text_of : Tcp_reassembly.piece -> string = function
  | Kept buf -> Cstruct.to_string buf
  | Copied text -> text

let octets_in_any_order =
  Property.case "octets of a stream in any order" ~count:500
    QCheck.(pair (int_bound 100_000) (int_range 1 3000))
    (fun (seed, length) ->
      let random = Random.State.make [| seed |] in
      let data = String.init length (fun _ -> Char.chr (Random.State.int random 256)) in
      let t = Tcp_reassembly.create (account ()) ~max_pieces:10_000 in
      (* The numbers wrap somewhere in the middle. *)
      let base = Tcp_seq.add 0 (-Random.State.int random length) in
      let piece _ =
        let at = Random.State.int random length in
        let len = min (1 + Random.State.int random 700) (length - at) in
        (at, len)
      in
      let covering = List.init ((length / 100) + 1) (fun i -> (100 * i, min 100 (length - (100 * i)))) in
      let pieces = shuffle random (List.init 20 piece @ covering) in
      List.iter
        (fun (at, len) ->
          Tcp_reassembly.insert t ~at:(Tcp_seq.add base at)
            [ Cstruct.of_string ~off:at ~len data ])
        pieces;
      let rec collect at acc =
        match Tcp_reassembly.take t ~at with
        | Some piece ->
          let d = text_of piece in
          collect (Tcp_seq.add at (String.length d)) (d :: acc)
        | None -> String.concat "" (List.rev acc)
      in
      String.equal (collect base []) data && Tcp_reassembly.is_empty t)

let test_stream_bound () =
  let t = Tcp_reassembly.create (account ()) ~max_pieces:10 in
  for i = 1 to 1000 do
    Tcp_reassembly.insert t ~at:(10 * i) [ Cstruct.of_string "x" ]
  done;
  let rec count at n = match Tcp_reassembly.take t ~at with Some _ -> count at (n + 1) | None -> if at > 20_000 then n else count (at + 1) n in
  Alcotest.(check int) "no more than that" 10 (count 0 0)

let queue_keeps_octets =
  Property.case "the send queue keeps its octets" ~count:300
    QCheck.(list_of_size (Gen.int_bound 30) (pair bool (int_bound 40_000)))
    (fun steps ->
      let q = Tcp_send_queue.create (account ()) in
      let model = Buffer.create 1000 in
      let dropped = ref 0 in
      let next = ref 0 in
      let step (add, n) =
        if add then begin
          let text = String.init n (fun i -> Char.chr ((!next + i) * 7 land 0xff)) in
          next := !next + n;
          Buffer.add_string model text;
          Tcp_send_queue.append q (Cstruct.of_string text)
        end
        else begin
          let n = min n (Tcp_send_queue.length q) in
          Tcp_send_queue.drop q ~reuse:true n;
          dropped := !dropped + n
        end;
        let length = Tcp_send_queue.length q in
        let expected = Buffer.sub model !dropped length in
        let off = length / 3 in
        let slices = Tcp_send_queue.slices q ~off ~len:(length - off) in
        String.equal (Cstruct.copyv slices) (String.sub expected off (length - off))
      in
      let kept = List.for_all step steps in
      Tcp_send_queue.drop q ~reuse:true (Tcp_send_queue.length q);
      kept)

let timers_in_order =
  Property.case "timers in order" ~count:300
    QCheck.(list_of_size (Gen.int_bound 60) (pair (int_bound 9) (int_bound 1000)))
    (fun steps ->
      let q = Timer_queue.create () in
      let entries = Array.init 10 Timer_queue.entry in
      let model = Hashtbl.create 10 in
      List.iter
        (fun (i, at) ->
          if at mod 5 = 0 then begin
            Timer_queue.remove q entries.(i);
            Hashtbl.remove model i
          end
          else begin
            Timer_queue.set q entries.(i) (float_of_int at);
            Hashtbl.replace model i at
          end)
        steps;
      let rec pop acc = match Timer_queue.pop q ~now:2000. with Some i -> pop (i :: acc) | None -> List.rev acc in
      let times = List.map (Hashtbl.find model) (pop []) in
      List.length times = Hashtbl.length model && List.sort compare times = times)

let case name f = Alcotest.test_case name `Quick f

let suite =
  [
    case "in order" test_in_order;
    case "any order" test_any_order;
    case "overlap" test_overlap;
    case "two ends" test_two_ends;
    case "behind the end" test_behind_the_end;
    case "malformed" test_malformed;
    case "timeout" test_timeout;
    case "bounds" test_bounds;
    fragments_in_any_order;
    octets_in_any_order;
    case "pieces of a stream are bounded" test_stream_bound;
    queue_keeps_octets;
    timers_in_order;
  ]
