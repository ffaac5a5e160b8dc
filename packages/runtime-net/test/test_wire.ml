(* SPDX-License-Identifier: ISC *)

(* Encodings: there and back, and whatever octets arrive. *)

let ip = Ipaddr.V4.of_string_exn
let src = ip "10.0.0.1"
let dst = ip "10.0.0.2"
let mac = Macaddr.of_string_exn "02:00:00:00:00:01"

(* The definition in RFC 1071, word by word. *)
let plain_checksum text =
  let n = String.length text in
  let octet i = if i < n then Char.code text.[i] else 0 in
  let rec sum i acc = if i >= n then acc else sum (i + 2) (acc + (octet i lsl 8) + octet (i + 1)) in
  let rec fold x = if x > 0xffff then fold ((x land 0xffff) + (x lsr 16)) else x in
  lnot (fold (sum 0 0)) land 0xffff

let octets n = QCheck.(string_gen_of_size (Gen.int_bound n) Gen.char)

let checksum_of_parts =
  Property.case "checksum of parts" ~count:500
    QCheck.(list_of_size (Gen.int_bound 6) (octets 300))
    (fun texts ->
      let parts = List.map Cstruct.of_string texts in
      Inet_checksum.(finish (add_list 0 parts)) = plain_checksum (String.concat "" texts))

let checksum_at_any_offset =
  Property.case "checksum at any offset" ~count:300
    QCheck.(pair (int_bound 9) (octets 2000))
    (fun (offset, text) ->
      let buf = Cstruct.shift (Cstruct.of_string (String.make offset '\xff' ^ text)) offset in
      Inet_checksum.(finish (add 0 buf)) = plain_checksum text)

let options_gen =
  QCheck.Gen.(
    let word = map2 (fun a b -> (a lsl 16) lor b) (int_bound 0xffff) (int_bound 0xffff) in
    let* mss = opt (int_bound 0xffff) and* window_scale = opt (int_bound 14) in
    let* timestamps = opt (pair word word) and* sack_permitted = bool in
    let* sack = list_size (int_bound 1) (pair word word) in
    return { Tcp_options.mss; window_scale; timestamps; sack_permitted; sack })

let segment_gen =
  QCheck.Gen.(
    let word = map2 (fun a b -> (a lsl 16) lor b) (int_bound 0xffff) (int_bound 0xffff) in
    let* seq = word and* ack = word and* options = options_gen in
    let* window = int_bound 0xffff and* text = string_size (int_bound 100) in
    let* syn = bool and* fin = bool and* psh = bool in
    return
      {
        Tcp_wire.src_port = 1;
        dst_port = 2;
        seq;
        ack;
        flags = Tcp_wire.flags ~syn ~fin ~psh ~ack:true ();
        window;
        options;
        payload = [ Cstruct.of_string text ];
        length = String.length text;
      })

let encode (s : Tcp_wire.t) =
  let buf = Cstruct.create (Tcp_wire.written_length s) in
  Tcp_wire.write buf ~addresses:(Inet_checksum.addresses ~src ~dst) s;
  Cstruct.concat (buf :: s.payload)

let same (a : Tcp_wire.t) (b : Tcp_wire.t) =
  { a with payload = [] } = { b with payload = [] }
  && Cstruct.equal (Cstruct.concat a.payload) (Cstruct.concat b.payload)

let segments_there_and_back =
  Property.case "segments there and back" ~count:500 (QCheck.make segment_gen) (fun s ->
      match Tcp_wire.parse ~addresses:(Inet_checksum.addresses ~src ~dst) (encode s) with
      | Some parsed -> same s parsed
      | None -> false)

let damage_is_noticed =
  Property.case "damage is noticed" ~count:500
    QCheck.(triple (make segment_gen) small_nat (int_range 1 255))
    (fun (s, at, change) ->
      let buf = encode s in
      let at = at mod Cstruct.length buf in
      Cstruct.set_uint8 buf at (Cstruct.get_uint8 buf at lxor change);
      Tcp_wire.parse ~addresses:(Inet_checksum.addresses ~src ~dst) buf = None)

let split_keeps_all =
  Property.case "split keeps everything" ~count:300
    QCheck.(pair (make segment_gen) (int_range 1 40))
    (fun (s, size) ->
      let parts = Tcp_wire.split s ~size in
      let data = Cstruct.concat (List.concat_map (fun (p : Tcp_wire.t) -> p.payload) parts) in
      let next =
        List.fold_left
          (fun seq (p : Tcp_wire.t) -> if p.seq = seq then Tcp_seq.add seq p.length else -1)
          s.seq parts
      in
      next = Tcp_seq.add s.seq s.length
      && Cstruct.equal data (Cstruct.concat s.payload)
      && List.for_all (fun (p : Tcp_wire.t) -> p.length <= size) parts)

(* Rubbish, and rubbish with a beginning that gets it past the first checks. *)
let rubbish =
  QCheck.make
    ~print:(fun s -> Printf.sprintf "%S" s)
    QCheck.Gen.(
      let* body = string_size (int_bound 300) in
      let* head =
        oneofl
          [
            "";
            "\x45\x00";
            "\x4f\x00\x00\x40";
            "\x00\x01\x08\x00\x06\x04\x00\x02";
            "\x02\x01\x06\x00";
            "\x08\x00";
            "\x03\x04";
          ]
      in
      return (head ^ body))

(* With a correct checksum, so that what is behind it is looked at. *)
let seal buf ~at sum =
  if Cstruct.length buf >= at + 2 then begin
    Cstruct.BE.set_uint16 buf at 0;
    Cstruct.BE.set_uint16 buf at (Inet_checksum.finish (sum ()))
  end

let parsers_take_anything =
  Property.case "parsers take anything" ~count:5000 rubbish (fun text ->
      let fresh () = Cstruct.of_string text in
      ignore (Arp_wire.parse (fresh ()));
      ignore (Tcp_options.parse (fresh ()));
      ignore (Dhcp_wire.parse (fresh ()));
      ignore (Ipv4_wire.parse_quoted (fresh ()));
      let buf = fresh () in
      seal buf ~at:2 (fun () -> Inet_checksum.add 0 buf);
      ignore (Icmpv4_wire.parse buf);
      let buf = fresh () in
      let sum proto () =
        Inet_checksum.add
          (Inet_checksum.pseudo_header ~addresses:(Inet_checksum.addresses ~src ~dst) ~proto (Cstruct.length buf))
          buf
      in
      seal buf ~at:16 (sum 6);
      ignore (Tcp_wire.parse ~addresses:(Inet_checksum.addresses ~src ~dst) buf);
      seal buf ~at:6 (sum 17);
      ignore (Udp_wire.parse ~addresses:(Inet_checksum.addresses ~src ~dst) buf);
      let buf = fresh () in
      let header = (if Cstruct.length buf > 0 then Cstruct.get_uint8 buf 0 land 0xf else 0) * 4 in
      if Cstruct.length buf >= header then
        seal buf ~at:10 (fun () -> Inet_checksum.add 0 (Cstruct.sub buf 0 header));
      ignore (Ipv4_wire.parse buf);
      true)

let options text = Tcp_options.parse (Cstruct.of_string text)

let test_options () =
  let check what expected text =
    Alcotest.(check bool) what true (options text = expected)
  in
  let mss = { Tcp_options.none with mss = Some 1460 } in
  check "MSS" mss "\x02\x04\x05\xb4";
  let permitted = { mss with sack_permitted = true } in
  check "SACK permitted" permitted "\x04\x02\x01\x01\x02\x04\x05\xb4";
  let blocks = "\x01\x01\x05\x12\x00\x00\x00\x01\x00\x00\x00\x09\xff\xff\xff\xff\x00\x00\x00\x00" in
  let last = Tcp_seq.of_int32 (-1l) in
  check "blocks" { Tcp_options.none with sack = [ (1, 9); (last, 0) ] } blocks;
  check "half a block" Tcp_options.none "\x05\x06\x00\x00\x00\x01\x01\x01";
  check "an unknown one is skipped" mss "\xfe\x06abcd\x02\x04\x05\xb4";
  check "end" mss "\x02\x04\x05\xb4\x00\x03\x03\x07";
  check "no length" mss "\x02\x04\x05\xb4\x08";
  check "length 0" mss "\x02\x04\x05\xb4\x08\x00\x01\x01";
  check "length 1" mss "\x02\x04\x05\xb4\x08\x01\x01\x01";
  check "beyond the end" mss "\x02\x04\x05\xb4\x08\x0a\x00\x00";
  check "MSS of a wrong length" Tcp_options.none "\x02\x03\x05\x01";
  Alcotest.(check (option int)) "scale is limited" (Some 14)
    (options "\x03\x03\xff\x00").window_scale

let test_arp () =
  let message =
    {
      Arp_wire.operation = Request;
      sender_mac = mac;
      sender_ip = src;
      target_mac = mac;
      target_ip = dst;
    }
  in
  let frame = Arp_wire.frame ~dst:Macaddr.broadcast message in
  Alcotest.(check int) "length" 42 (Cstruct.length frame);
  let payload = Cstruct.shift frame 14 in
  Alcotest.(check bool) "there and back" true (Arp_wire.parse payload = Some message);
  Alcotest.(check bool) "cut short" true (Arp_wire.parse (Cstruct.sub payload 0 27) = None)

let test_udp () =
  let payload = Cstruct.of_string "odd" in
  let header = Cstruct.create 8 in
  Udp_wire.write header ~addresses:(Inet_checksum.addresses ~src ~dst) ~src_port:1 ~dst_port:2 payload;
  let datagram = Cstruct.append header payload in
  let text buf =
    Option.map
      (fun (d : Udp_wire.t) -> Cstruct.to_string d.payload)
      (Udp_wire.parse ~addresses:(Inet_checksum.addresses ~src ~dst) buf)
  in
  Alcotest.(check (option string)) "there and back" (Some "odd") (text datagram);
  let padded = Cstruct.append datagram (Cstruct.create 20) in
  Alcotest.(check (option string)) "padding is cut" (Some "odd") (text padded);
  Cstruct.set_char datagram 8 'e';
  Alcotest.(check (option string)) "damaged" None (text datagram);
  Cstruct.BE.set_uint16 datagram 6 0;
  Alcotest.(check (option string)) "no checksum" (Some "edd") (text datagram);
  Cstruct.BE.set_uint16 datagram 4 100;
  Alcotest.(check (option string)) "too long" None (text datagram)

(* The same as in int32, which wraps by itself on every machine. *)
let sequence_numbers =
  let open QCheck in
  let edges = [ 0l; 1l; -1l; Int32.max_int; Int32.min_int; 0xffff0000l ] in
  let number = oneof [ oneofl edges; int32 ] in
  Property.case "sequence numbers modulo 2^32" ~count:2000
    (triple number number (int_range (-1_000_000) 1_000_000))
    (fun (a, b, n) ->
      let a' = Tcp_seq.of_int32 a and b' = Tcp_seq.of_int32 b in
      let sum = Int32.add a (Int32.of_int n) in
      Int32.equal (Tcp_seq.to_int32 a') a
      && Tcp_seq.add a' n = Tcp_seq.of_int32 sum
      && Tcp_seq.diff (Tcp_seq.add a' n) a' = n
      && Int32.equal (Int32.of_int (Tcp_seq.diff a' b')) (Int32.sub a b)
      && Tcp_seq.lt a' b' = (Int32.sub a b < 0l)
      && Tcp_seq.of_float 4294967296. = 0
      && Tcp_seq.of_float 6442450944.5 = Tcp_seq.of_int32 Int32.min_int)

let case name f = Alcotest.test_case name `Quick f

let suite =
  [
    checksum_of_parts;
    sequence_numbers;
    checksum_at_any_offset;
    segments_there_and_back;
    damage_is_noticed;
    split_keeps_all;
    parsers_take_anything;
    case "TCP options" test_options;
    case "ARP" test_arp;
    case "UDP" test_udp;
  ]
