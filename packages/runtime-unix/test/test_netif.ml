(* SPDX-License-Identifier: ISC *)

(* A packet socket stands in for the TAP device. *)

open Lwt.Infix
open Support

let counter = ref 0

(* A device of its own for each test, and the host's side of it. *)
let with_device ?(macs = "") test =
  let host, guest = Unix.socketpair PF_UNIX SOCK_SEQPACKET 0 in
  incr counter;
  let name = Printf.sprintf "net%d" !counter in
  Unix.putenv "MIRAGE_NETS"
    (Printf.sprintf "other=0,%s=%d" name (int_of_fd guest));
  Unix.putenv "MIRAGE_MACS" (if macs = "" then "" else name ^ "=" ^ macs);
  Netif.connect name >|= ok >>= fun netif ->
  Lwt.finalize
    (fun () -> test netif host)
    (fun () ->
      (try Unix.close host with Unix.Unix_error _ -> ());
      Netif.disconnect netif)

let send host frame = ignore (Unix.write_substring host frame 0 (String.length frame))

let receive host =
  let buffer = Bytes.create 65_536 in
  Bytes.sub_string buffer 0 (Unix.read host buffer 0 65_536)

(* Listens until [count] frames are there. *)
let collect netif count =
  let frames = ref [] and enough, done_ = Lwt.wait () in
  let listening =
    Netif.listen netif (fun frame ->
        frames := frame :: !frames;
        if List.length !frames = count then Lwt.wakeup_later done_ ();
        Lwt.return_unit)
  in
  enough >|= fun () -> (List.rev !frames, listening)

let strings = Alcotest.(list string)

let delivers () =
  with_device (fun netif host ->
      let sent = List.init 150 (fun i -> Printf.sprintf "frame %d" i) in
      List.iter (send host) sent;
      collect netif 150 >|= fun (frames, _) ->
      Alcotest.check strings "in order" sent (List.map Cstruct.to_string frames))

let kept_frames () =
  with_device (fun netif host ->
      let frame i = String.make 1514 (Char.chr (i land 0xff)) in
      let count = 600 in
      let feeder =
        Lwt_list.iter_s
          (fun i ->
            send host (frame i);
            if i mod 50 = 0 then Gc.full_major ();
            Lwt.pause ())
          (List.init count Fun.id)
      in
      collect netif count >>= fun (frames, _) ->
      feeder >|= fun () ->
      List.iteri
        (fun i kept ->
          if Cstruct.to_string kept <> frame i then
            Alcotest.failf "frame %d was overwritten" i)
        frames)

let largest_frame () =
  with_device (fun netif host ->
      let frame = String.init 65_000 (fun i -> Char.chr (i mod 251)) in
      send host frame;
      collect netif 1 >|= fun (frames, _) ->
      Alcotest.check strings "whole" [ frame ] (List.map Cstruct.to_string frames))

let writes () =
  with_device (fun netif host ->
      Netif.write netif (Cstruct.of_string "whole") >>= fun () ->
      Netif.writev netif (List.map Cstruct.of_string [ "in "; ""; "parts" ])
      >>= fun () ->
      let many = List.init 100 string_of_int in
      Netif.writev netif (List.map Cstruct.of_string many) >|= fun () ->
      let first = receive host in
      let second = receive host in
      Alcotest.check strings "one packet each"
        [ "whole"; "in parts"; String.concat "" many ]
        [ first; second; receive host ])

let full_device () =
  with_device (fun netif host ->
      let frame i = Printf.sprintf "%4d%s" i (String.make 1000 '.') in
      let count = 2_000 in
      let writing =
        Lwt_list.iter_p
          (fun i -> Netif.write netif (Cstruct.of_string (frame i)))
          (List.init count Fun.id)
      in
      Alcotest.(check bool) "somebody waits" true (Lwt.is_sleeping writing);
      let rec drain i =
        if i = count then Lwt.return_unit
        else
          Lwt.pause () >>= fun () ->
          Alcotest.(check string) "in order" (frame i) (receive host);
          drain (i + 1)
      in
      drain 0 >>= fun () -> writing)

let disconnect_while_full () =
  with_device (fun netif _ ->
      let frame = Cstruct.create 1000 in
      let writing =
        Lwt_list.iter_p (fun _ -> Netif.write netif frame) (List.init 2_000 Fun.id)
      in
      Netif.disconnect netif >>= fun () -> writing)

let failing_callback () =
  with_device (fun netif host ->
      List.iter (send host) [ "raise"; "fail"; "later"; "fine" ];
      let fine, done_ = Lwt.wait () in
      let listening =
        Netif.listen netif (fun frame ->
            match Cstruct.to_string frame with
            | "raise" -> failwith "the callback raises"
            | "fail" -> Lwt.fail_with "the callback fails"
            | "later" -> Lwt.pause () >>= fun () -> Lwt.fail_with "and later"
            | _ ->
                Lwt.wakeup_later done_ ();
                Lwt.return_unit)
      in
      fine >|= fun () ->
      Alcotest.(check bool) "still listening" true (Lwt.is_sleeping listening))

let slow_callback () =
  with_device (fun netif host ->
      List.iter (send host) [ "first"; "second" ];
      let second, wake_first = Lwt.wait () in
      let answered, done_ = Lwt.wait () in
      let _ =
        Netif.listen netif (fun frame ->
            match Cstruct.to_string frame with
            | "first" -> second >|= Lwt.wakeup_later done_
            | _ ->
                Lwt.wakeup_later wake_first ();
                Lwt.return_unit)
      in
      answered)

let disconnects () =
  with_device (fun netif host ->
      send host "one";
      collect netif 1 >>= fun (_, listening) ->
      Netif.disconnect netif >>= fun () ->
      listening >>= fun () ->
      Netif.disconnect netif >>= fun () ->
      Netif.write netif (Cstruct.of_string "lost") >>= fun () ->
      Netif.listen netif (fun _ -> Lwt.return_unit) >|= fun () ->
      Alcotest.(check string) "end of file" "" (receive host))

let device_goes () =
  with_device (fun netif host ->
      let listening = Netif.listen netif (fun _ -> Lwt.return_unit) in
      Unix.close host;
      listening >>= fun () -> Netif.write netif (Cstruct.of_string "lost"))

let one_listener () =
  with_device (fun netif _ ->
      let ignore_frame _ = Lwt.return_unit in
      let first = Netif.listen netif ignore_frame in
      Lwt.try_bind
        (fun () -> Netif.listen netif ignore_frame)
        (fun () -> Alcotest.fail "two listeners")
        (function
          | Invalid_argument _ ->
              Alcotest.(check bool) "the first stays" true (Lwt.is_sleeping first);
              Lwt.return_unit
          | e -> Lwt.fail e))

let counts () =
  with_device (fun netif host ->
      send host "12345";
      send host "123";
      collect netif 2 >>= fun _ ->
      Netif.write netif (Cstruct.create 60) >|= fun () ->
      let stats = Netif.get_stats_counters netif in
      Alcotest.(check (list int64)) "bytes" [ 8L; 60L ] [ stats.rx_bytes; stats.tx_bytes ];
      Alcotest.(check (list int32)) "frames" [ 2l; 1l ] [ stats.rx_pkts; stats.tx_pkts ];
      Netif.reset_stats_counters netif;
      let stats = Netif.get_stats_counters netif in
      Alcotest.(check (list int64)) "reset" [ 0L; 0L ] [ stats.rx_bytes; stats.tx_bytes ])

let given_mac () =
  with_device ~macs:"02:00:00:00:00:2a" (fun netif _ ->
      Alcotest.(check string) "as told" "02:00:00:00:00:2a"
        (Macaddr.to_string (Netif.mac netif));
      Lwt.return_unit)

let derived_mac () =
  with_device (fun first _ ->
      with_device (fun second _ ->
          let mac = Netif.mac first in
          Alcotest.(check bool) "unicast" true (Macaddr.is_unicast mac);
          Alcotest.(check bool) "local" true (Macaddr.is_local mac);
          Alcotest.(check bool) "one each" false (mac = Netif.mac second);
          Lwt.return_unit))

let same_device () =
  with_device (fun netif _ ->
      Netif.connect (Netif.id netif) >|= ok >|= fun again ->
      Alcotest.(check bool) "the same" true (netif == again))

let refused ~nets ~macs parts =
  Unix.putenv "MIRAGE_NETS" nets;
  Unix.putenv "MIRAGE_MACS" macs;
  Netif.connect "net" >|= error >|= function
  | `Unknown text -> List.iter (fun part -> check_contains nets part text) parts
  | _ -> Alcotest.fail "`Unknown expected"

let refusals () =
  refused ~nets:"" ~macs:"" [ "\"net\""; "mirage run"; "MIRAGE_NETS" ] >>= fun () ->
  refused ~nets:"eth1=7" ~macs:"" [ "only eth1" ] >>= fun () ->
  refused ~nets:"net=x" ~macs:"" [ "\"x\""; "no descriptor" ] >>= fun () ->
  refused ~nets:"net" ~macs:"" [ "no descriptor" ] >>= fun () ->
  refused ~nets:"net=9999" ~macs:"" [ "unusable"; "Bad file descriptor" ]
  >>= fun () ->
  refused ~nets:"net=0" ~macs:"net=zz" [ "no MAC address" ] >>= fun () ->
  refused ~nets:"net=0" ~macs:"net=03:00:00:00:00:01" [ "multicast" ]

let suite =
  ( "netif",
    [
      lwt_case "delivers frames in order, over several batches" delivers;
      lwt_case "frames that are kept stay as they are" kept_frames;
      lwt_case "a frame of 65,000 bytes" largest_frame;
      lwt_case "writes parts as one frame" writes;
      lwt_case "writers wait while the device is full" full_device;
      lwt_case "disconnect lets waiting writers go" disconnect_while_full;
      lwt_case "a failing callback doesn't end listening" failing_callback;
      lwt_case "a waiting callback doesn't hold up the next frame" slow_callback;
      lwt_case "disconnects" disconnects;
      lwt_case "listen returns when the device goes" device_goes;
      lwt_case "one listener at a time" one_listener;
      lwt_case "counts" counts;
      lwt_case "address from the environment" given_mac;
      lwt_case "address of its own" derived_mac;
      lwt_case "connecting twice" same_device;
      lwt_case "says why a device cannot be had" refusals;
    ] )
