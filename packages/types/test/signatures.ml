(* SPDX-License-Identifier: ISC *)

(* Every signature is implemented once and used once, as a runtime and an
   application do it: that this compiles is most of the test. *)

open Lwt.Infix

(* A computation that has to be finished. *)
let result computation =
  match Lwt.state computation with
  | Lwt.Return x -> x
  | Lwt.Fail e -> raise e
  | Lwt.Sleep -> failwith "the computation waits"

(* The connected device. *)
let ok connected = match result connected with `Ok t -> t | `Error _ -> assert false

module Lwt_io = struct
  type 'a io = 'a Lwt.t
end

(* What the network layers have in common. *)
module Layer (Id : sig
  type t
end) =
struct
  include Lwt_io

  type buffer = Cstruct.t

  type ipv4addr = Ipaddr.V4.t

  type t = Id.t

  let id t = t

  let connect id = Lwt.return (`Ok id)

  let disconnect _ = Lwt.return_unit
end

module Time : V1_LWT.TIME = struct
  include Lwt_io

  let sleep _ = Lwt.return_unit
end

module Clock : V1_LWT.CLOCK = struct
  type tm = {
    tm_sec : int;
    tm_min : int;
    tm_hour : int;
    tm_mday : int;
    tm_mon : int;
    tm_year : int;
    tm_wday : int;
    tm_yday : int;
    tm_isdst : bool;
  }

  let time () = 0.

  let gmtime _ =
    {
      tm_sec = 0;
      tm_min = 0;
      tm_hour = 0;
      tm_mday = 1;
      tm_mon = 0;
      tm_year = 70;
      tm_wday = 4;
      tm_yday = 0;
      tm_isdst = false;
    }
end

module Entropy : V1_LWT.ENTROPY with type id = unit = struct
  include Lwt_io

  type error = [ `Invalid_entropy of string ]

  type t = unit

  type id = unit

  type buffer = Cstruct.t

  let id t = t

  let connect id = Lwt.return (`Ok id)

  let disconnect _ = Lwt.return_unit

  let entropy () n = Lwt.return (`Ok (Cstruct.create n))
end

module Io_page : V1_LWT.IO_PAGE = struct
  open Bigarray

  type buf = Cstruct.t

  type t = (char, int8_unsigned_elt, c_layout) Array1.t

  let page = 4096

  let get n = Array1.create char c_layout (n * page)

  let get_order k = get (1 lsl k)

  let pages n = List.init n (fun _ -> get 1)

  let pages_order k = pages (1 lsl k)

  let length = Array1.dim

  let to_cstruct t = Cstruct.of_bigarray t

  let to_string t = Cstruct.to_string (to_cstruct t)

  let to_pages t = List.init (length t / page) (fun i -> Array1.sub t (i * page) page)

  let string_blit src srcoff dst dstoff len =
    Cstruct.blit_from_string src srcoff (to_cstruct dst) dstoff len

  let blit src dst = Array1.(blit src (sub dst 0 (dim src)))

  let round_to_page_size bytes = (bytes + page - 1) / page * page
end

module Console : V1_LWT.CONSOLE with type id = Buffer.t = struct
  include Lwt_io

  type error = [ `Invalid_console of string ]

  type t = Buffer.t

  type id = Buffer.t

  let id t = t

  let connect id = Lwt.return (`Ok id)

  let disconnect _ = Lwt.return_unit

  let write t s off len =
    Buffer.add_substring t s off len;
    len

  let write_all t s off len = Lwt.return (ignore (write t s off len))

  let log t s = Buffer.add_string t (s ^ "\n")

  let log_s t s = Lwt.return (log t s)
end

module Block : V1_LWT.BLOCK with type id = string = struct
  include Lwt_io

  type page_aligned_buffer = Cstruct.t

  type error = [ `Unknown of string | `Unimplemented | `Is_read_only | `Disconnected ]

  type t = string

  type id = string

  type info = { read_write : bool; sector_size : int; size_sectors : int64 }

  let id t = t

  let connect id = Lwt.return (`Ok id)

  let disconnect _ = Lwt.return_unit

  let get_info _ =
    Lwt.return { read_write = false; sector_size = 512; size_sectors = 1L }

  let read _ _ buffers =
    List.iter (fun b -> Cstruct.memset b 0) buffers;
    Lwt.return (`Ok ())

  let write _ _ _ = Lwt.return (`Error `Is_read_only)
end

module Kv_ro : V1_LWT.KV_RO with type id = unit = struct
  include Lwt_io

  type page_aligned_buffer = Cstruct.t

  type error = Unknown_key of string

  type t = unit

  type id = unit

  let id t = t

  let connect id = Lwt.return (`Ok id)

  let disconnect _ = Lwt.return_unit

  let size () = function
    | "greeting" -> Lwt.return (`Ok 5L)
    | key -> Lwt.return (`Error (Unknown_key key))

  let read () key offset length =
    size () key >|= function
    | `Ok _ -> `Ok [ Cstruct.of_string (String.sub "hello" offset length) ]
    | `Error e -> `Error e
end

module Fs (B : V1_LWT.BLOCK) : V1_LWT.FS with type id = B.t = struct
  include Lwt_io

  type page_aligned_buffer = Cstruct.t

  type block_device_error = B.error

  type error =
    [ `Not_a_directory of string
    | `Is_a_directory of string
    | `Directory_not_empty of string
    | `No_directory_entry of string * string
    | `File_already_exists of string
    | `No_space
    | `Format_not_recognised of string
    | `Unknown_error of string
    | `Block_device of block_device_error ]

  type t = B.t

  type id = B.t

  type stat = {
    filename : string;
    read_only : bool;
    directory : bool;
    size : int64;
  }

  let id t = t

  let connect id = Lwt.return (`Ok id)

  let disconnect _ = Lwt.return_unit

  let read _ path _ _ = Lwt.return (`Error (`No_directory_entry ("/", path)))

  let size _ _ = Lwt.return (`Ok 0L)

  let format _ _ = Lwt.return (`Error `No_space)

  let create t _ =
    B.write t 0L [] >|= function
    | `Ok () -> `Ok ()
    | `Error e -> `Error (`Block_device e)

  let mkdir = create

  let destroy = create

  let stat _ filename =
    Lwt.return (`Ok { filename; read_only = true; directory = true; size = 0L })

  let listdir _ _ = Lwt.return (`Ok [])

  let write t path _ _ = create t path
end

module Netif : V1_LWT.NETWORK with type id = string = struct
  include Layer (String)

  type page_aligned_buffer =
    (char, Bigarray.int8_unsigned_elt, Bigarray.c_layout) Bigarray.Array1.t

  type error = [ `Unknown of string | `Unimplemented | `Disconnected ]

  type macaddr = Macaddr.t

  type id = string

  type stats = {
    mutable rx_bytes : int64;
    mutable rx_pkts : int32;
    mutable tx_bytes : int64;
    mutable tx_pkts : int32;
  }

  let stats = { rx_bytes = 0L; rx_pkts = 0l; tx_bytes = 0L; tx_pkts = 0l }

  let write _ _ =
    stats.tx_pkts <- Int32.succ stats.tx_pkts;
    Lwt.return_unit

  let writev t _ = write t Cstruct.empty

  let listen _ f = f (Cstruct.create 60)

  let mac _ = Macaddr.of_string_exn "02:00:00:00:00:01"

  let get_stats_counters _ = stats

  let reset_stats_counters _ = stats.tx_pkts <- 0l
end

module Ethif (N : V1_LWT.NETWORK) : V1_LWT.ETHIF with type netif = N.t = struct
  include Layer (N)

  type netif = N.t

  type macaddr = Macaddr.t

  type error = [ `Unknown of string | `Unimplemented | `Disconnected ]

  let write = N.write

  let writev = N.writev

  let mac = N.mac

  let input ~ipv4 ~ipv6:_ _ frame = ipv4 frame

  let query_arpv4 t _ = Lwt.return (N.mac t)

  let add_ipv4 _ _ = Lwt.return_unit
end

module Ipv4 (E : V1_LWT.ETHIF) : V1_LWT.IPV4 with type ethif = E.t = struct
  include Layer (E)

  type ethif = E.t

  type error = [ `Unknown of string | `Unimplemented ]

  type callback = src:ipv4addr -> dst:ipv4addr -> buffer -> unit io

  let any = Ipaddr.V4.any

  let input ~tcp:_ ~udp:_ ~default _ = default ~proto:1 ~src:any ~dst:any

  let allocate_frame ~proto ~dest_ip:_ _ =
    let protocol = match proto with `ICMP -> 1 | `TCP -> 6 | `UDP -> 17 in
    let frame = Cstruct.create 34 in
    Cstruct.set_uint8 frame 23 protocol;
    Lwt.return (frame, 34)

  let write t frame payload = E.writev t [ frame; payload ]

  let writev t frame parts = E.writev t (frame :: parts)

  let set_ipv4 = E.add_ipv4

  let get_ipv4 _ = any

  let set_ipv4_netmask _ _ = Lwt.return_unit

  let get_ipv4_netmask _ = any

  let set_ipv4_gateways _ _ = Lwt.return_unit

  let get_ipv4_gateways _ = []
end

module Udpv4 (I : V1_LWT.IPV4) : V1_LWT.UDPV4 with type ipv4 = I.t = struct
  include Layer (I)

  type ipv4 = I.t

  type ipv4input = unit Lwt.t

  type error = [ `Unknown of string ]

  type callback = src:ipv4addr -> dst:ipv4addr -> src_port:int -> buffer -> unit io

  let input ~listeners:_ _ = Lwt.return_unit

  let write ?source_port:_ ~dest_ip ~dest_port:_ t payload =
    I.allocate_frame ~proto:`UDP ~dest_ip t >>= fun (frame, _) ->
    I.write t frame payload
end

module Tcpv4 (I : V1_LWT.IPV4) : V1_LWT.TCPV4 with type ipv4 = I.t = struct
  include Layer (I)

  type ipv4 = I.t

  type ipv4input = unit Lwt.t

  type flow = Ipaddr.V4.t * int

  type error = [ `Unknown of string | `Timeout | `Refused ]

  type callback = flow -> unit io

  let get_dest flow = flow

  let read _ = Lwt.return `Eof

  let write _ _ = Lwt.return_unit

  let writev _ _ = Lwt.return_unit

  let write_nodelay = write

  let writev_nodelay = writev

  let close _ = Lwt.return_unit

  let create_connection _ = function
    | _, 0 -> Lwt.return (`Error `Refused)
    | peer -> Lwt.return (`Ok peer)

  let input _ ~listeners:_ = Lwt.return_unit
end

module E = Ethif (Netif)
module I = Ipv4 (E)

module Stack :
  V1_LWT.STACKV4
    with type console = Console.t
     and type netif = Netif.t
     and type mode = V1_LWT.direct_stack_config = struct
  include Lwt_io
  module UDPV4 = Udpv4 (I)
  module TCPV4 = Tcpv4 (I)
  module IPV4 = I

  type console = Console.t

  type netif = Netif.t

  type mode = V1_LWT.direct_stack_config

  type ('c, 'n, 'm) config = ('c, 'n, 'm) V1_LWT.stackv4_config

  type id = (console, netif, mode) config

  type ipv4addr = Ipaddr.V4.t

  type buffer = Cstruct.t

  type udpv4 = UDPV4.t

  type tcpv4 = TCPV4.t

  type ipv4 = IPV4.t

  type error = [ `Unknown of string ]

  type t = { id : id; ip : ipv4; udp : udpv4; tcp : tcpv4 }

  let id t = t.id

  let connect (id : id) =
    let ip = ok (I.connect (ok (E.connect id.interface))) in
    Lwt.return (`Ok { id; ip; udp = ok (UDPV4.connect ip); tcp = ok (TCPV4.connect ip) })

  let disconnect _ = Lwt.return_unit

  let udpv4 t = t.udp

  let tcpv4 t = t.tcp

  let ipv4 t = t.ip

  let listen_udpv4 _ ~port:_ _ = ()

  let listen_tcpv4 _ ~port:_ _ = ()

  let listen _ = Lwt.return_unit
end

module Flow : V1_LWT.FLOW with type flow = string = struct
  include Lwt_io

  type buffer = Cstruct.t

  type flow = string

  type error = unit

  let read = function
    | "" -> Lwt.return `Eof
    | data -> Lwt.return (`Ok (Cstruct.of_string data))

  let write _ _ = Lwt.return `Eof

  let writev _ _ = Lwt.return (`Error ())
end

module Channel (F : V1_LWT.FLOW) : V1_LWT.CHANNEL with type flow = F.flow = struct
  include Lwt_io

  type buffer = Cstruct.t

  type flow = F.flow

  type t = flow

  type 'a io_stream = 'a Lwt_stream.t

  let create flow = flow

  let to_flow t = t

  let read_some ?len:_ t =
    F.read t >>= function
    | `Ok data -> Lwt.return data
    | `Eof | `Error _ -> Lwt.fail End_of_file

  let read_char t = read_some t >|= fun data -> Cstruct.get_char data 0

  let read_until t _ = read_some t >|= fun data -> (false, data)

  let read_stream ?len t = Lwt_stream.from (fun () -> read_some ?len t >|= Option.some)

  let read_line t = read_some t >|= fun data -> [ data ]

  let write_char _ _ = ()

  let write_string _ _ _ _ = ()

  let write_buffer _ _ = ()

  let write_line _ _ = ()

  let flush _ = Lwt.return_unit

  let close _ = Lwt.return_unit
end

(* What V1_LWT fixes is enough for applications that know no implementation. *)
module Application
    (C : V1_LWT.CONSOLE)
    (K : V1_LWT.KV_RO)
    (F : V1_LWT.FS)
    (B : V1_LWT.BLOCK)
    (N : V1_LWT.NETWORK)
    (S : V1_LWT.STACKV4)
    (CH : V1_LWT.CHANNEL)
    (T : V1_LWT.TIME)
    (R : V1_LWT.RANDOM)
    (Clk : V1_LWT.CLOCK)
    (Ent : V1_LWT.ENTROPY)
    (P : V1_LWT.IO_PAGE) =
struct
  let start console kv fs block net stack channel entropy =
    T.sleep (float_of_int (R.int 3)) >>= fun () ->
    (K.read kv "greeting" 0 5 >>= function
     | `Ok buffers -> C.log_s console (Cstruct.copyv buffers)
     | `Error (K.Unknown_key key) -> Lwt.fail_with key)
    >>= fun () ->
    (K.size kv "farewell" >>= function
     | `Ok _ -> Lwt.return_unit
     | `Error (K.Unknown_key key) -> C.log_s console ("no " ^ key))
    >>= fun () ->
    (F.create fs "/x" >|= function
     | `Error (`Block_device _) -> C.log console "read-only"
     | `Ok () | `Error _ -> ())
    >>= fun () ->
    B.get_info block >>= fun info ->
    let page = P.to_cstruct (P.get 1) in
    (B.read block 0L [ Cstruct.sub page 0 info.B.sector_size ] >>= function
     | `Ok () -> N.write net page
     | `Error (`Unknown reason) -> Lwt.fail_with reason
     | `Error _ -> Lwt.fail_with "block")
    >>= fun () ->
    N.listen net (fun frame ->
        C.log_s console (string_of_int (Cstruct.length frame)))
    >>= fun () ->
    S.listen_udpv4 stack ~port:7 (fun ~src ~dst:_ ~src_port data ->
        S.UDPV4.write ~dest_ip:src ~dest_port:src_port (S.udpv4 stack) data);
    S.listen_tcpv4 stack ~port:80 (fun flow ->
        let ip, port = S.TCPV4.get_dest flow in
        C.log console (Printf.sprintf "%s:%d" (Ipaddr.V4.to_string ip) port);
        S.TCPV4.close flow);
    (S.TCPV4.create_connection (S.tcpv4 stack) (Ipaddr.V4.localhost, 80) >>= function
     | `Ok flow ->
         C.log_s console (string_of_int (snd (S.TCPV4.get_dest flow)))
     | `Error (`Timeout | `Refused | `Unknown _) -> Lwt.fail_with "tcp")
    >>= fun () ->
    CH.read_line channel >>= fun parts ->
    C.log console (Cstruct.copyv parts);
    (Ent.entropy entropy 8 >|= function
     | `Ok seed -> C.log console (string_of_int (Cstruct.length seed))
     | `Error (`Invalid_entropy reason) -> C.log console reason)
    >>= fun () ->
    C.log console (string_of_int (Clk.gmtime (Clk.time ())).Clk.tm_year);
    C.log console (Macaddr.to_string (N.mac net));
    S.listen stack
end

module Fat = Fs (Block)
module Line = Channel (Flow)

module Main =
  Application (Console) (Kv_ro) (Fat) (Block) (Netif) (Stack) (Line) (Time) (Random) (Clock)
    (Entropy)
    (Io_page)

let () =
  let written = Buffer.create 100 in
  let console = ok (Console.connect written) in
  let block = ok (Block.connect "disk") in
  let net = ok (Netif.connect "net") in
  let address = Ipaddr.V4.of_string_exn in
  let mode =
    `IPv4 (address "10.0.0.2", address "255.255.255.0", [ address "10.0.0.1" ])
  in
  let config = { V1_LWT.name = "stack"; console; interface = net; mode } in
  result
    (Main.start console
       (ok (Kv_ro.connect ()))
       (ok (Fat.connect block))
       block net
       (ok (Stack.connect config))
       (Line.create "line")
       (ok (Entropy.connect ())));
  let expected =
    [ "hello"; "no farewell"; "read-only"; "60"; "80"; "line"; "8"; "70"; "02:00:00:00:00:01" ]
  in
  let lines = String.split_on_char '\n' (String.trim (Buffer.contents written)) in
  if lines <> expected then failwith (Buffer.contents written)
