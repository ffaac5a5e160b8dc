(* SPDX-License-Identifier: ISC *)

(* Does what the words of the kernel's command line say, one after another, and
   prints what came of it. *)

open Lwt.Infix

let say fmt = Printf.ksprintf print_endline fmt

let or_fail name = function
  | `Ok x -> x
  | `Error (`Unknown why) -> failwith (name ^ ": " ^ why)
  | `Error _ -> failwith name

(* More than the console's ring can take at once. *)
let console () =
  Console.connect "console" >>= function
  | `Error (`Invalid_console why) -> Lwt.fail_with why
  | `Ok console ->
      let line i = Printf.sprintf "line %d %s" i (String.make 60 '.') in
      Lwt_list.iter_s (Console.log_s console) (List.init 400 line)

let time () =
  let start = Clock.time () in
  Lwt_list.iter_s OS.Time.sleep [ 0.05; 0.02 ] >>= fun () ->
  Lwt.pick [ OS.Time.sleep 1000.; OS.Time.sleep 0.01 ] >|= fun () ->
  let tm = Clock.gmtime start in
  say "slept %b" (Clock.time () -. start >= 0.079);
  say "date %04d-%02d-%02d %02d:%02d:%02d" (tm.tm_year + 1900) (tm.tm_mon + 1)
    tm.tm_mday tm.tm_hour tm.tm_min tm.tm_sec

(* Seconds, and the date that date(1) gives for them. *)
let known_dates =
  [
    (0., (1970, 1, 1, 4, 0));
    (-1., (1969, 12, 31, 3, 364));
    (951_782_400., (2000, 2, 29, 2, 59));
    (1_709_164_800., (2024, 2, 29, 4, 59));
    (1_735_603_200., (2024, 12, 31, 2, 365));
    (4_107_542_400., (2100, 3, 1, 1, 59));
    (-2_208_988_800., (1900, 1, 1, 1, 0));
    (253_402_300_799., (9999, 12, 31, 5, 364));
  ]

let dates () =
  let agrees (seconds, date) =
    let tm = Clock.gmtime seconds in
    (tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_wday, tm.tm_yday) = date
  in
  let day_after_day =
    List.for_all
      (fun day ->
        let a = Clock.gmtime (float_of_int (day * 86_400)) in
        let b = Clock.gmtime (float_of_int ((day + 1) * 86_400)) in
        (b.tm_mday = a.tm_mday + 1 && b.tm_mon = a.tm_mon && b.tm_yday = a.tm_yday + 1)
        || (b.tm_mday = 1 && (b.tm_mon = a.tm_mon + 1 || (b.tm_mon, b.tm_yday) = (0, 0))))
      (List.init 100_000 Fun.id)
  in
  say "dates %b" (List.for_all agrees known_dates && day_after_day);
  Lwt.return_unit

module Core = Mirage_runtime_kernel_core

(* An odd length, and a protocol of each kind. *)
let checksums () =
  let frame protocol header =
    let payload = "an odd number of octets" in
    let length = 20 + header + String.length payload in
    let frame = Cstruct.create (14 + length + 6) in
    Cstruct.BE.set_uint16 frame 12 0x0800;
    Cstruct.set_uint8 frame 14 0x45;
    Cstruct.BE.set_uint16 frame 16 length;
    Cstruct.set_uint8 frame 23 protocol;
    Cstruct.BE.set_uint32 frame 26 0x0a000001l;
    Cstruct.BE.set_uint32 frame 30 0x0a000002l;
    Cstruct.blit_from_string payload 0 frame (34 + header) (String.length payload);
    Cstruct.BE.set_uint16 frame (34 + if protocol = 6 then 16 else 6) 0xbeef;
    frame
  in
  (* RFC 1071: over all of it, pseudo header included, a right sum is all ones. *)
  let is_right protocol header =
    let frame = frame protocol header in
    Core.Checksum.fill frame;
    let length = Cstruct.BE.get_uint16 frame 16 - 20 in
    let word i =
      let high = Cstruct.get_uint8 frame (34 + i) lsl 8 in
      if i + 1 < length then high + Cstruct.get_uint8 frame (35 + i) else high
    in
    let words = List.init ((length + 1) / 2) (fun i -> word (2 * i)) in
    let total = List.fold_left ( + ) (0x0a00 + 1 + 0x0a00 + 2 + protocol + length) words in
    ((total land 0xffff) + (total lsr 16)) land 0xffff = 0xffff
  in
  say "checksums %b" (is_right 6 20 && is_right 17 8);
  Lwt.return_unit

(* With MIRAGE_TEST=listed=7 in the environment. *)
let names () =
  let create () = Core.Names.create ~default:"net" ~variable:"MIRAGE_TEST" () in
  let device index =
    let key = string_of_int index in
    { Core.Names.key; answers_to = String.equal key }
  in
  let assigned indices wanted =
    let names = create () and devices = List.map device indices in
    let key (device : Core.Names.device) = int_of_string device.key in
    List.map (fun name -> Option.map key (Core.Names.assign names name devices)) wanted
  in
  say "names %b"
    (assigned [ 0; 1; 2 ] [ "a"; "net"; "b"; "a"; "c" ]
     = [ Some 1; Some 0; Some 2; Some 1; None ]
    && assigned [ 3 ] [ "only"; "second" ] = [ Some 3; None ]
    && assigned [ 0; 1; 7 ] [ "listed"; "1"; "x" ] = [ Some 7; Some 1; Some 0 ]
    && assigned [ 0; 1 ] [ "listed"; "9" ] = [ None; Some 1 ]
    && assigned [] [ "net" ] = [ None ]);
  Lwt.return_unit

let environment () =
  say "COLOUR %s" (Sys.getenv "COLOUR");
  Lwt.return_unit

let minor_heap () =
  say "minor heap of %d words" (Gc.get ()).minor_heap_size;
  Lwt.return_unit

let random () =
  Entropy.connect () >>= function
  | `Error (`Invalid_entropy why) -> Lwt.fail_with why
  | `Ok source -> (
      Random.self_init ();
      let number = Random.bits () in
      Entropy.entropy source 1000 >|= function
      | `Error (`Invalid_entropy why) -> failwith why
      | `Ok bytes ->
          let seen = Array.make 256 false in
          String.iter (fun c -> seen.(Char.code c) <- true) (Cstruct.to_string bytes);
          let kinds = List.length (List.filter Fun.id (Array.to_list seen)) in
          say "random %d, different bytes %b" number (kinds > 200))

let overflow () =
  let kept = List.init 1000 string_of_int in
  let rec deep n = 1 + deep (n + 1) in
  (match deep 0 with
  | _ -> say "no overflow"
  | exception Stack_overflow -> say "Stack_overflow");
  Gc.full_major ();
  say "kept %d" (List.fold_left (fun sum s -> sum + int_of_string s) 0 kept);
  Lwt.return_unit

let memory () =
  say "pages %d" (Io_page.length (Io_page.get 3));
  (match Bytes.create (1 lsl 45) with
  | _ -> say "no end of memory"
  | exception Out_of_memory -> say "Out_of_memory");
  let blocks = List.init 50 (fun i -> Bytes.make (i * 1000) 'x') in
  say "bytes %d" (List.fold_left (fun sum b -> sum + Bytes.length b) 0 blocks);
  Lwt.return_unit

let piece _ = Cstruct.create 60_000

(* Much more than there is, but little of it at a time, and old enough to be in the major
   heap. *)
let garbage () =
  let kept = Array.init 32 piece in
  for i = 1 to 5000 do
    kept.(i mod Array.length kept) <- piece i
  done;
  say "garbage %d" (Array.fold_left (fun sum p -> sum + Cstruct.length p) 0 kept);
  Lwt.return_unit

let exhaust () =
  let rec keep pieces = keep (piece () :: pieces) in
  Lwt.catch
    (fun () -> keep [])
    (function Out_of_memory -> say "survived"; Lwt.return_unit | e -> Lwt.fail e)

let input () =
  say "heard %S" (read_line ());
  Lwt.return_unit

let fail () = Lwt.pause () >>= fun () -> failwith "on purpose"

(* Not raised, and so without a backtrace, whatever was raised before. *)
let fail_quietly () =
  (try ignore (List.find (( = ) 1) []) with Not_found -> ());
  Lwt.fail (Failure "quietly")

(* Code cannot be written. *)
let write_code () =
  let code = Core.Kernel.memory 0x103000 16 in
  Bigarray.Array1.set code 0 'x';
  Lwt.return_unit

external execute_data : unit -> unit = "test_execute_data"
external write_constant : unit -> unit = "test_write_constant"
external read_null : unit -> int = "test_read_null"
external overflow_in_c : unit -> int = "test_overflow_in_c"
external system_call : int -> int = "test_system_call"

let survived f () =
  ignore (f ());
  say "survived";
  Lwt.return_unit

(* socket(2), twice, and one that Linux has not. *)
let system_calls () =
  let results = List.map system_call [ 41; 41; 9999 ] in
  say "system calls %b" (List.for_all (( = ) (-1)) results);
  Lwt.return_unit

(* With 5 GiB of memory. *)
let high () =
  let address = 0x1_2000_0000 in
  let memory = Core.Kernel.memory address 8 in
  Bigarray.Array1.set memory 7 'x';
  say "high memory %b" (Bigarray.Array1.get (Core.Kernel.memory address 8) 7 = 'x');
  Lwt.return_unit

let idle () = OS.Time.sleep 60.

let report () =
  OS.Status.report "listen tcp 80";
  Lwt.return_unit

let at_exit () =
  OS.Main.at_exit (fun () ->
      say "hook ran";
      Lwt.return_unit);
  Lwt.return_unit

let at_exit_fails () =
  OS.Main.at_exit (fun () -> failwith "a hook fails");
  Lwt.return_unit

(* {2 Devices} *)

let pattern offset buffer =
  for i = 0 to (Cstruct.length buffer / 4) - 1 do
    Cstruct.LE.set_uint32 buffer (i * 4) (Int32.of_int (offset + (i * 2654435761)))
  done

let pattern_of sizes =
  let add (offset, buffers) size =
    let buffer = Cstruct.create size in
    pattern offset buffer;
    (offset + size, buffer :: buffers)
  in
  List.rev (snd (List.fold_left add (0, []) sizes))

(* Writes buffers of uneven sizes, more than one request takes, twice and at the
   same time, and reads them back otherwise cut. *)
let block () =
  Block.connect "disk" >|= or_fail "connect" >>= fun disk ->
  Block.get_info disk >>= fun info ->
  say "disk %d %Ld %b" info.sector_size info.size_sectors info.read_write;
  let first = Cstruct.create 512 in
  Block.read disk 0L [ first ] >|= or_fail "read" >>= fun () ->
  say "first sector %S" (Cstruct.to_string ~len:12 first);
  let data = pattern_of [ 512; 8192; 512; 65536; 1536; 131072 ] in
  let length = Cstruct.lenv data in
  Lwt.join
    [
      Block.write disk 8L data >|= or_fail "write";
      Block.write disk 1000L data >|= or_fail "write";
    ]
  >>= fun () ->
  let back = [ Cstruct.create 4096; Cstruct.create (length - 4096) ] in
  Block.read disk 1000L back >|= or_fail "read" >>= fun () ->
  say "same %b" (Cstruct.equal (Cstruct.concat data) (Cstruct.concat back));
  Block.flush disk >|= or_fail "flush" >>= fun () ->
  (Block.write disk (Int64.pred info.size_sectors) data >|= function
   | `Error (`Unknown why) -> say "refused: %s" why
   | _ -> say "not refused")
  >>= fun () ->
  Block.disconnect disk >|= fun () -> say "block done"

(* The disk's second half; what is in the first stays. *)
let discard () =
  Block.connect "disk" >|= or_fail "connect" >>= fun disk ->
  Block.get_info disk >>= fun info ->
  let half = Int64.div info.size_sectors 2L in
  Block.discard disk half half >|= or_fail "discard" >>= fun () ->
  Block.discard disk half (Int64.succ half) >|= fun outside ->
  say "discarded %b" (match outside with `Error (`Unknown _) -> true | _ -> false)

module Ethernet = Ethif.Make (Netif)
module Ip = Ipv4.Make (Ethernet)
module Udp = Udpv4.Make (Ip)
module Tcp = Tcpv4.Make (Ip) (OS.Time) (Clock) (Random)

module Stack =
  Tcpip_stack_direct.Make (Console) (OS.Time) (Random) (Netif) (Ethernet) (Ip) (Udp)
    (Tcp)

module Http = Http_stack.Make (Stack)

let page = String.init 1_000_000 (fun i -> Char.chr (32 + (i * 7 mod 90)))

let answer _ request _ =
  let body =
    match Uri.path (Cohttp.Request.uri request) with
    | "/big" -> page
    | _ -> "hello from the kernel\n"
  in
  Http.Server.respond_string ~status:`OK ~body ()

let www () =
  Random.self_init ();
  Console.connect "console" >>= function
  | `Error (`Invalid_console why) -> Lwt.fail_with why
  | `Ok console ->
      Netif.connect "net" >|= or_fail "netif" >>= fun interface ->
      say "mac %s" (Macaddr.to_string (Netif.mac interface));
      let ip = Ipaddr.V4.of_string_exn in
      let mode = `IPv4 (ip "10.0.0.2", ip "255.255.255.0", [ ip "10.0.0.1" ]) in
      Stack.connect { V1_LWT.name = "stack"; console; interface; mode }
      >|= or_fail "stack"
      >>= fun stack ->
      Stack.on_event stack (fun event ->
          OS.Status.report (Stack_event.to_string event));
      let config =
        {
          HTTP.Config.default with
          now = Some Clock.time;
          sleep = Some OS.Time.sleep;
        }
      in
      Http.listen ~config stack ~port:80
        { Http.Server.callback = answer; conn_closed = ignore };
      OS.Status.report "ready";
      say "up %.3f" (Sys.time ());
      Stack.listen stack

(* A second interface: only its address, and what it hears. *)
let second () =
  Netif.connect "other" >|= or_fail "second interface" >>= fun interface ->
  say "second mac %s" (Macaddr.to_string (Netif.mac interface));
  Lwt.return_unit

let actions =
  [
    ("console", console);
    ("time", time);
    ("dates", dates);
    ("checksums", checksums);
    ("names", names);
    ("environment", environment);
    ("minor_heap", minor_heap);
    ("random", random);
    ("overflow", overflow);
    ("memory", memory);
    ("garbage", garbage);
    ("exhaust", exhaust);
    ("input", input);
    ("fail", fail);
    ("write_code", write_code);
    ("execute_data", survived execute_data);
    ("write_constant", survived write_constant);
    ("read_null", survived read_null);
    ("overflow_in_c", survived overflow_in_c);
    ("system_calls", system_calls);
    ("high", high);
    ("fail_quietly", fail_quietly);
    ("idle", idle);
    ("report", report);
    ("at_exit", at_exit);
    ("at_exit_fails", at_exit_fails);
    ("block", block);
    ("discard", discard);
    ("second", second);
    ("www", www);
  ]

let act word =
  match List.assoc_opt word actions with
  | Some action -> action ()
  | None -> Lwt.fail_with ("no such action: " ^ word)

let () =
  OS.Main.run (Lwt_list.iter_s act (List.tl (Array.to_list Sys.argv)));
  say "finished"
