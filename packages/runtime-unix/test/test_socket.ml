(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Support
module T = Tcpv4_socket
module U = Udpv4_socket
module Stack = Tcpip_stack_socket.Make (Console)

let localhost = Ipaddr.V4.localhost

let free_port kind =
  let socket = Unix.socket PF_INET kind 0 in
  Unix.bind socket (ADDR_INET (Unix.inet_addr_loopback, 0));
  match Unix.getsockname socket with
  | ADDR_INET (_, port) ->
      Unix.close socket;
      port
  | ADDR_UNIX _ -> assert false

let config interface =
  Console.connect "console" >|= ok >|= fun console ->
  { V1_LWT.name = "test"; console; interface; mode = () }

let with_stack ?(interface = [ localhost ]) test =
  config interface >>= Stack.connect >|= ok >>= fun stack ->
  Lwt.finalize (fun () -> test stack) (fun () -> Stack.disconnect stack)

let connect stack port =
  T.create_connection (Stack.tcpv4 stack) (localhost, port) >|= ok

let with_server callback test =
  with_stack (fun stack ->
      let port = free_port SOCK_STREAM in
      Stack.listen_tcpv4 stack ~port callback;
      test stack port)

let rec read_all flow =
  T.read flow >>= function
  | `Ok data -> read_all flow >|= fun rest -> Cstruct.to_string data ^ rest
  | `Eof -> Lwt.return ""
  | `Error _ -> Lwt.fail_with "read"

(* Until the sender closes its side. *)
let echo flow =
  let rec loop () =
    T.read flow >>= function
    | `Ok data -> T.write flow data >>= loop
    | `Eof -> T.close flow
    | `Error _ -> Lwt.fail_with "echo"
  in
  loop ()

let tcp_echo () =
  with_server echo (fun stack port ->
      connect stack port >>= fun flow ->
      Alcotest.(check int) "peer" port (snd (T.get_dest flow));
      T.writev flow (List.map Cstruct.of_string [ "a"; ""; "bc" ]) >>= fun () ->
      T.write_nodelay flow (Cstruct.of_string "d") >>= fun () ->
      T.close flow >>= fun () ->
      read_all flow >|= fun answer ->
      Alcotest.(check string) "read goes on after close" "abcd" answer)

let tcp_bulk () =
  let total = 20_000_000 in
  let piece = Cstruct.of_string (String.init 100_000 (fun i -> Char.chr (i mod 251))) in
  let send flow =
    let rec loop sent =
      if sent = total then T.close flow
      else T.write flow piece >>= fun () -> loop (sent + Cstruct.length piece)
    in
    loop 0
  in
  with_server send (fun stack port ->
      connect stack port >>= fun flow ->
      let rec receive position =
        T.read flow >>= function
        | `Eof -> Lwt.return position
        | `Error _ -> Lwt.fail_with "bulk"
        | `Ok data ->
            for i = 0 to Cstruct.length data - 1 do
              if Cstruct.get_uint8 data i <> (position + i) mod 100_000 mod 251 then
                Alcotest.failf "wrong byte at %d" (position + i)
            done;
            receive (position + Cstruct.length data)
      in
      receive 0 >>= fun received ->
      Alcotest.(check int) "all of it" total received;
      T.close flow)

let tcp_parallel_writes () =
  let count = 50 in
  let line i = String.make 99_999 (Char.chr (32 + i)) ^ "\n" in
  let send flow =
    Lwt_list.iter_p
      (fun i -> T.write flow (Cstruct.of_string (line i)))
      (List.init count Fun.id)
    >>= fun () -> T.close flow
  in
  with_server send (fun stack port ->
      connect stack port >>= fun flow ->
      read_all flow >>= fun all ->
      Alcotest.(check bool) "not mixed, in order" true
        (all = String.concat "" (List.init count line));
      T.close flow)

let tcp_many () =
  with_server echo (fun stack port ->
      Lwt_list.map_p
        (fun i ->
          connect stack port >>= fun flow ->
          T.write flow (Cstruct.of_string (string_of_int i)) >>= fun () ->
          T.close flow >>= fun () -> read_all flow)
        (List.init 300 Fun.id)
      >|= fun answers ->
      Alcotest.(check (list string)) "all answered"
        (List.init 300 string_of_int)
        answers)

let tcp_refused () =
  with_stack (fun stack ->
      T.create_connection (Stack.tcpv4 stack) (localhost, free_port SOCK_STREAM)
      >|= error
      >|= fun e -> Alcotest.(check bool) "refused" true (e = `Refused))

let open_descriptors () = Array.length (Sys.readdir "/proc/self/fd")

(* Both ends of each connection are in this process. *)
let tcp_gives_back () =
  let close_first flow = T.close flow in
  let before = open_descriptors () in
  with_server close_first (fun stack port ->
      Lwt_list.iter_s
        (fun _ ->
          connect stack port >>= fun flow ->
          read_all flow >>= fun _ -> T.close flow)
        (List.init 50 Fun.id)
      >>= fun () -> Lwt_unix.sleep 0.2)
  >|= fun () ->
  let after = open_descriptors () in
  if after > before + 5 then
    Alcotest.failf "%d descriptors before, %d after" before after

let tcp_reset () =
  let result, set_result = Lwt.wait () in
  let write_for_ever flow =
    let rec loop () = T.write flow (Cstruct.create 100_000) >>= loop in
    Lwt.try_bind loop Lwt.return (fun e ->
        Lwt.wakeup_later set_result e;
        T.close flow)
  in
  with_server write_for_ever (fun _ port ->
      let client = Lwt_unix.socket ~cloexec:true PF_INET SOCK_STREAM 0 in
      Lwt_unix.connect client (ADDR_INET (Unix.inet_addr_loopback, port))
      >>= fun () ->
      Lwt_unix.wait_read client >>= fun () ->
      (* Data that nobody has read: the kernel resets the connection. *)
      Lwt_unix.close client >>= fun () ->
      result >|= function
      | Unix.Unix_error _ -> ()
      | e -> raise e)

let tcp_failing_callback () =
  with_server
    (fun _ -> failwith "the callback fails")
    (fun stack port ->
      connect stack port >>= fun flow ->
      read_all flow >>= fun answer ->
      Alcotest.(check string) "closed" "" answer;
      T.close flow >>= fun () ->
      Stack.listen_tcpv4 stack ~port echo;
      connect stack port >>= fun flow ->
      T.write flow (Cstruct.of_string "again") >>= fun () ->
      T.close flow >>= fun () ->
      read_all flow >|= Alcotest.(check string) "another callback" "again")

let out_of_descriptors () =
  with_server echo (fun stack port ->
      connect stack port >>= fun first ->
      (* The listener wakes for it and then finds no descriptor. *)
      let client = Unix.socket ~cloexec:true PF_INET SOCK_STREAM 0 in
      let rec fill taken =
        match Unix.dup Unix.stdin with
        | fd -> fill (fd :: taken)
        | exception Unix.Unix_error ((EMFILE | ENFILE), _, _) -> taken
      in
      let taken = fill [] in
      Fun.protect
        ~finally:(fun () -> List.iter Unix.close taken)
        (fun () ->
          Unix.connect client (ADDR_INET (Unix.inet_addr_loopback, port)));
      let taken = fill [] in
      Lwt_unix.sleep 0.05 >>= fun () ->
      List.iter Unix.close taken;
      let flow = Lwt_unix.of_unix_file_descr client in
      Lwt_unix.write_string flow "x" 0 1 >>= fun _ ->
      Lwt_unix.read flow (Bytes.create 1) 0 1 >>= fun n ->
      Alcotest.(check int) "served in the end" 1 n;
      Lwt_unix.close flow >>= fun () -> T.close first)

let cannot_listen what part listen =
  match listen () with
  | () -> Alcotest.failf "%s: it listens" what
  | exception (Mirage_runtime_unix_io.Socket.Cannot_listen _ as e) ->
      check_contains what part (Printexc.to_string e)

let listen_errors () =
  with_server echo (fun _ port ->
      with_stack (fun stack ->
          let listen port () = Stack.listen_tcpv4 stack ~port echo in
          cannot_listen "in use"
            (Printf.sprintf "tcp port %d of 127.0.0.1: another program" port)
            (listen port);
          cannot_listen "no port" "no such port" (listen 70_000);
          Lwt.return_unit)
      >>= fun () ->
      with_stack
        ~interface:[ Ipaddr.V4.of_string_exn "192.0.2.1" ]
        (fun stack ->
          cannot_listen "not ours" "does not have that address" (fun () ->
              Stack.listen_tcpv4 stack ~port echo);
          Lwt.return_unit))

let udp_echo () =
  with_stack ~interface:[] (fun stack ->
      let port = free_port SOCK_DGRAM in
      let destination = ref Ipaddr.V4.any in
      let first = ref true in
      Stack.listen_udpv4 stack ~port (fun ~src ~dst ~src_port data ->
          destination := dst;
          if !first then begin
            first := false;
            failwith "the callback fails once"
          end
          else
            U.write ~source_port:port ~dest_ip:src ~dest_port:src_port
              (Stack.udpv4 stack) data);
      let client = Lwt_unix.socket PF_INET SOCK_DGRAM 0 in
      let address = Unix.ADDR_INET (Unix.inet_addr_loopback, port) in
      let ask text =
        Lwt_unix.sendto client (Bytes.of_string text) 0 (String.length text) [] address
      in
      ask "lost" >>= fun _ ->
      ask "hello" >>= fun _ ->
      let buffer = Bytes.create 100 in
      Lwt_unix.recvfrom client buffer 0 100 [] >>= fun (n, from) ->
      Alcotest.(check string) "payload" "hello" (Bytes.sub_string buffer 0 n);
      Alcotest.(check bool) "from the port asked" true (from = address);
      Alcotest.(check string) "destination" "127.0.0.1" (Ipaddr.V4.to_string !destination);
      Lwt_unix.close client)

let udp_between_stacks () =
  with_stack (fun a ->
      with_stack (fun b ->
          let port = free_port SOCK_DGRAM in
          let received, set_received = Lwt.wait () in
          Stack.listen_udpv4 b ~port (fun ~src:_ ~dst:_ ~src_port data ->
              Lwt.wakeup_later set_received (src_port, Cstruct.length data);
              Lwt.return_unit);
          let send = U.write ~dest_ip:localhost ~dest_port:port (Stack.udpv4 a) in
          Lwt.try_bind
            (fun () -> send (Cstruct.create 70_000))
            (fun () -> Alcotest.fail "too long")
            (function Unix.Unix_error _ -> Lwt.return_unit | e -> Lwt.fail e)
          >>= fun () ->
          send (Cstruct.create 60_000) >>= fun () ->
          received >|= fun (src_port, length) ->
          Alcotest.(check int) "whole" 60_000 length;
          Alcotest.(check bool) "from some port" true (src_port > 0)))

let two_addresses () =
  let other = Ipaddr.V4.of_string_exn "127.0.0.2" in
  with_stack ~interface:[ localhost; other ] (fun stack ->
      let port = free_port SOCK_STREAM in
      Stack.listen_tcpv4 stack ~port echo;
      Lwt_list.iter_s
        (fun address ->
          T.create_connection (Stack.tcpv4 stack) (address, port) >|= ok >>= fun flow ->
          T.close flow >>= fun () -> read_all flow >|= ignore)
        [ localhost; other ]
      >>= fun () ->
      T.create_connection (Stack.tcpv4 stack) (Ipaddr.V4.of_string_exn "127.0.0.3", port)
      >|= error
      >|= fun _ -> ())

let stack_disconnect () =
  config [ localhost ] >>= Stack.connect >|= ok >>= fun stack ->
  let port = free_port SOCK_STREAM in
  Stack.listen_tcpv4 stack ~port echo;
  let listening = Stack.listen stack in
  Alcotest.(check bool) "listening" true (Lwt.is_sleeping listening);
  Stack.disconnect stack >>= fun () ->
  listening >>= fun () ->
  T.create_connection (Stack.tcpv4 stack) (localhost, port) >|= error >|= fun e ->
  Alcotest.(check bool) "port given back" true (e = `Refused)

let reports_ports () =
  let readable, writable = Unix.pipe ~cloexec:true () in
  Unix.putenv "MIRAGE_STATUS_FD" (string_of_int (int_of_fd writable));
  let port = free_port SOCK_STREAM in
  with_stack (fun stack ->
      Stack.listen_tcpv4 stack ~port echo;
      Lwt.return_unit)
  >|= fun () ->
  Unix.putenv "MIRAGE_STATUS_FD" "";
  let buffer = Bytes.create 100 in
  let n = Unix.read readable buffer 0 100 in
  Unix.close readable;
  Unix.close writable;
  Alcotest.(check string) "line" (Printf.sprintf "listen tcp %d\n" port)
    (Bytes.sub_string buffer 0 n)

let suites =
  [
    ( "tcp socket",
      [
        lwt_case "echo, half-closed" tcp_echo;
        lwt_case "20 MB" tcp_bulk;
        lwt_case "parallel writes keep their order" tcp_parallel_writes;
        lwt_case "300 connections at once" tcp_many;
        lwt_case "connection refused" tcp_refused;
        lwt_case "gives descriptors back" tcp_gives_back;
        lwt_case "writing to a peer that has gone fails" tcp_reset;
        lwt_case "a failing callback" tcp_failing_callback;
        lwt_case "survives running out of descriptors" out_of_descriptors;
      ] );
    ( "udp socket",
      [
        lwt_case "echo from the port asked" udp_echo;
        lwt_case "without a source port" udp_between_stacks;
      ] );
    ( "socket stack",
      [
        lwt_case "says why it cannot listen" listen_errors;
        lwt_case "two addresses" two_addresses;
        lwt_case "disconnect" stack_disconnect;
        lwt_case "reports its ports" reports_ports;
      ] );
  ]
