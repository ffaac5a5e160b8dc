(* SPDX-License-Identifier: ISC *)
(* A TLS peer on a socket of the loopback interface, for tests against others:
     peer server PORT CERTIFICATES KEY [option…]
     peer client PORT NAME ANCHORS [option…]
   The server answers each line with the same line, "update" with a KeyUpdate in
   between; a client sends standard input and prints what comes. What happens is
   told on standard error, a line per event. *)

open Mirage_runtime_tls_core


let () =
  let urandom = open_in_bin "/dev/urandom" in
  let seed = Versions.Octets.of_string (really_input_string urandom 64) in
  close_in urandom;
  Mirage_crypto_rng.(set_default_generator (create ~seed (module Fortuna)))

let random n = Versions.Octets.to_string (Mirage_crypto_rng.generate n)
let now () = Ptime_clock.now ()

let read_file path =
  let channel = open_in_bin path in
  Fun.protect
    ~finally:(fun () -> close_in channel)
    (fun () -> really_input_string channel (in_channel_length channel))

let read_input () =
  let all = Buffer.create 4096 in
  (try
     while true do
       Buffer.add_channel all stdin 1
     done
   with End_of_file -> ());
  Buffer.contents all

let orelse_fail = function Ok value -> value | Error why -> failwith why

let write_all fd parts =
  List.iter
    (fun part ->
      let octets = Cstruct.to_bytes part in
      let rec write at =
        if at < Bytes.length octets then
          write (at + Unix.write fd octets at (Bytes.length octets - at))
      in
      write 0)
    parts

let tell fmt = Printf.ksprintf (fun line -> prerr_endline line) fmt

let describe (s : Session.t) =
  tell "established %s %s%s%s%s%s"
    (Suite.to_string s.suite)
    (Suite.Group.to_string s.group)
    (if s.resumed then " resumed" else "")
    (match s.server_name with Some n -> " name=" ^ n | None -> "")
    (match s.protocol with Some p -> " protocol=" ^ p | None -> "")
    (if s.peer = [] then "" else " peer")

let buffer = Bytes.create 65536

let read fd =
  match Unix.read fd buffer 0 (Bytes.length buffer) with
  | 0 -> None
  | n -> Some (Cstruct.of_bytes ~len:n buffer)
  | exception Unix.Unix_error (ECONNRESET, _, _) -> None

(* Options such as [suites=1301,1302]. *)
let options = Hashtbl.create 8

let numbers name of_int all =
  match Hashtbl.find_opt options name with
  | None -> all
  | Some list ->
      List.filter_map
        (fun n -> of_int (int_of_string ("0x" ^ n)))
        (String.split_on_char ',' list)

let suites () = numbers "suites" Suite.of_int Suite.all
let groups () = numbers "groups" Suite.Group.of_int Suite.Group.all

let protocols () =
  match Hashtbl.find_opt options "protocols" with
  | None -> []
  | Some list -> String.split_on_char ',' list

let handle_event on_data = function
  | Connection.Established session -> describe session
  | Data data -> on_data data
  | Offered _ -> tell "ticket"
  | End_of_data -> tell "end"
  | Failed { alert; why; by_peer } ->
      tell "failed %s (%s)%s" (Alert.to_string alert) why
        (if by_peer then " by peer" else "")

let serve config fd =
  let t = ref (Connection.server config) in
  let out (next, parts) =
    t := next;
    write_all fd parts
  in
  let answer data =
    if Connection.can_send !t then begin
      if Cstruct.to_string data = "update\n" then
        out (Connection.update_keys !t ~request:true);
      out (Connection.send !t [ data ])
    end
  in
  let rec go () =
    match read fd with
    | None -> tell "closed"
    | Some octets ->
        let next, parts, events = Connection.receive !t ~now:(now ()) octets in
        t := next;
        write_all fd parts;
        List.iter (handle_event answer) events;
        let over = function
          | Connection.Failed _ | End_of_data -> true
          | _ -> false
        in
        if List.exists over events then out (Connection.close !t) else go ()
  in
  (try go () with Unix.Unix_error (e, _, _) -> tell "%s" (Unix.error_message e));
  Unix.close fd

let server port certificates key =
  let identity =
    orelse_fail
      (Identity.of_pem ~certificates:(read_file certificates)
         ~key:(read_file key))
  in
  let client_certificates =
    match
      (Hashtbl.find_opt options "require", Hashtbl.find_opt options "optional")
    with
    | Some anchors, _ ->
        Server.Required (orelse_fail (Trust.anchors_of_pem (read_file anchors)))
    | None, Some anchors ->
        Optional (orelse_fail (Trust.anchors_of_pem (read_file anchors)))
    | None, None -> Not_asked
  in
  let config =
    Server.config ~suites:(suites ()) ~groups:(groups ())
      ~protocols:(protocols ()) ~client_certificates ~random [ identity ]
  in
  let socket = Unix.socket PF_INET SOCK_STREAM 0 in
  Unix.setsockopt socket SO_REUSEADDR true;
  Unix.bind socket (ADDR_INET (Unix.inet_addr_loopback, port));
  Unix.listen socket 16;
  (match Unix.getsockname socket with
  | ADDR_INET (_, port) -> tell "listening %d" port
  | ADDR_UNIX _ -> ());
  while true do
    let fd, _ = Unix.accept socket in
    serve config fd
  done

let client port name anchors =
  let trust = orelse_fail (Trust.anchors_of_pem (read_file anchors)) in
  let identity =
    match
      (Hashtbl.find_opt options "certificate", Hashtbl.find_opt options "key")
    with
    | Some certificates, Some key ->
        Some
          (orelse_fail
             (Identity.of_pem ~certificates:(read_file certificates)
                ~key:(read_file key)))
    | _ -> None
  in
  let name = orelse_fail (Trust.name_of_string name) in
  let input = read_input () in
  let connect ticket =
    let config =
      Client.config ?identity ~suites:(suites ()) ~groups:(groups ())
        ~protocols:(protocols ()) ?ticket ~random ~trust name
    in
    let fd = Unix.socket PF_INET SOCK_STREAM 0 in
    Unix.connect fd (ADDR_INET (Unix.inet_addr_loopback, port));
    let t, hello = Connection.client config ~now:(now ()) in
    let t = ref t and got = ref None in
    let out (next, parts) =
      t := next;
      write_all fd parts
    in
    write_all fd hello;
    let lacking = ref (String.length input) in
    let on_data data =
      lacking := !lacking - Cstruct.length data;
      print_string (Cstruct.to_string data);
      flush stdout
    in
    let rec go () =
      match read fd with
      | None -> tell "closed"
      | Some octets ->
          let next, parts, events =
            Connection.receive !t ~now:(now ()) octets
          in
          t := next;
          write_all fd parts;
          List.iter
            (fun event ->
              handle_event on_data event;
              match event with
              | Connection.Established _ ->
                  if Hashtbl.mem options "update" then
                    out (Connection.update_keys !t ~request:true);
                  out (Connection.send !t [ Cstruct.of_string input ])
              | Offered ticket -> got := Some ticket
              | _ -> ())
            events;
          let over = function
            | Connection.Failed _ | End_of_data -> true
            | _ -> false
          in
          if List.exists over events then ()
          else if !lacking <= 0 then out (Connection.close !t)
          else go ()
    in
    go ();
    Unix.close fd;
    !got
  in
  let ticket = connect None in
  if Hashtbl.mem options "resume" then ignore (connect ticket)

let () =
  Sys.set_signal Sys.sigpipe Signal_ignore;
  let words = List.tl (Array.to_list Sys.argv) in
  let plain, named = List.partition (fun w -> not (String.contains w '=')) words in
  List.iter
    (fun word ->
      let at = String.index word '=' in
      Hashtbl.replace options (String.sub word 0 at)
        (String.sub word (at + 1) (String.length word - at - 1)))
    named;
  match plain with
  | [ "server"; port; certificates; key ] ->
      server (int_of_string port) certificates key
  | [ "client"; port; name; anchors ] -> client (int_of_string port) name anchors
  | _ ->
      prerr_endline "usage: peer server|client …";
      exit 2
