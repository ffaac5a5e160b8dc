(* SPDX-License-Identifier: ISC *)

(** The signatures between a MirageOS application and its devices.

    An application is a functor over some of these; a target (a Unix process, a
    Xen guest) brings modules that implement them. Nothing here names a thread
    library, a buffer or an address type: {!V1_LWT} fixes those.

    Results are polymorphic variants: [`Ok x], [`Error e] with an error type per
    signature, and [`Eof] where a stream may end. *)

(** {1 What all devices share} *)

(** A device: something identified by an [id] that is connected to once, used as
    a [t], and disconnected. Most signatures below include it. *)
module type DEVICE = sig
  (** A computation that may block and yields an ['a]. *)
  type +'a io

  (** A connected device. *)
  type t

  (** Why an operation failed. *)
  type error

  (** What names or configures one device before it is connected. *)
  type id

  (** [id t] is what [t] was connected with. *)
  val id : t -> id

  (** [connect id] brings the device named by [id] into use. [`Error e] when
      there is no such device or it cannot be used. *)
  val connect : id -> [ `Error of error | `Ok of t ] io

  (** [disconnect t] stops using [t] and gives back what it holds. Harmless when
      repeated; any other use of [t] afterwards is an error. *)
  val disconnect : t -> unit io
end

(** {1 Time and chance} *)

(** Waiting. *)
module type TIME = sig
  type +'a io

  (** [sleep seconds] returns once [seconds] have passed on a monotonic clock; at
      once when [seconds] is zero or negative. *)
  val sleep : float -> unit io
end

(** A pseudo-random generator. Fast, not for keys: see {!module-type:ENTROPY}.
    The standard library's [Random] implements it. *)
module type RANDOM = sig
  (** Seeds the generator from whatever the system offers. *)
  val self_init : unit -> unit

  (** [int bound] is uniform over [0 ≤ x < bound].
      @raise Invalid_argument unless [0 < bound < 2{^30}]. *)
  val int : int -> int

  (** [int32 bound] is uniform over [0 ≤ x < bound].
      @raise Invalid_argument unless [bound > 0l]. *)
  val int32 : int32 -> int32
end

(** A source of random bytes fit for seeding a cryptographic generator. *)
module type ENTROPY = sig
  (** [`Invalid_entropy reason]: the source is missing or gave too little. *)
  type error = [ `Invalid_entropy of string ]

  include DEVICE with type error := error

  (** A sequence of bytes. *)
  type buffer

  (** [entropy t n] is a buffer of exactly [n] fresh bytes.
      @raise Invalid_argument if [n] is negative. *)
  val entropy : t -> int -> [ `Ok of buffer | `Error of error ] io
end

(** The wall clock. *)
module type CLOCK = sig
  (** A broken-down time, as C's [struct tm] (ISO C99, 7.23.1). *)
  type tm = {
    tm_sec : int;  (** seconds, 0–60 *)
    tm_min : int;  (** minutes, 0–59 *)
    tm_hour : int;  (** hours, 0–23 *)
    tm_mday : int;  (** day of the month, 1–31 *)
    tm_mon : int;  (** month, 0 is January *)
    tm_year : int;  (** years since 1900 *)
    tm_wday : int;  (** day of the week, 0 is Sunday *)
    tm_yday : int;  (** day of the year, 0–365 *)
    tm_isdst : bool;  (** daylight saving time; [false] from {!gmtime} *)
  }

  (** Seconds since 1970-01-01T00:00:00Z, leap seconds left out. It follows the
      host and may jump: use {!module-type:TIME} to measure or wait. *)
  val time : unit -> float

  (** [gmtime seconds] breaks a {!time} down into UTC; fractions are dropped. *)
  val gmtime : float -> tm
end

(** {1 Memory} *)

(** Memory that devices can reach: whole, aligned pages outside the OCaml heap. *)
module type IO_PAGE = sig
  (** A view of bytes, as protocol code passes around. *)
  type buf

  (** One or more contiguous pages of 4096 bytes, aligned to 4096. *)
  type t =
    (char, Bigarray.int8_unsigned_elt, Bigarray.c_layout) Bigarray.Array1.t

  (** [get n] is [n] contiguous pages, content undefined.
      @raise Out_of_memory if there are none. *)
  val get : int -> t

  (** [get_order k] is [get (2{^k})]. *)
  val get_order : int -> t

  (** [pages n] is [n] separate pages. *)
  val pages : int -> t list

  (** [pages_order k] is [pages (2{^k})]. *)
  val pages_order : int -> t list

  (** Size in bytes. *)
  val length : t -> int

  (** A view of the whole page, sharing its memory. *)
  val to_cstruct : t -> buf

  (** A copy of the whole page. *)
  val to_string : t -> string

  (** [to_pages t] cuts [t] into single pages that share its memory. *)
  val to_pages : t -> t list

  (** [string_blit src srcoff dst dstoff len] copies [len] bytes of [src], from
      [srcoff], to [dst], at [dstoff].
      @raise Invalid_argument if either range is out of bounds. *)
  val string_blit : string -> int -> t -> int -> int -> unit

  (** [blit src dst] copies all of [src] to the start of [dst].
      @raise Invalid_argument if [dst] is the shorter one. *)
  val blit : t -> t -> unit

  (** [round_to_page_size bytes] is the least multiple of the page size that is
      not below [bytes]. *)
  val round_to_page_size : int -> int
end

(** {1 Console} *)

(** A text console. *)
module type CONSOLE = sig
  (** [`Invalid_console id]: there is no console of that name. *)
  type error = [ `Invalid_console of string ]

  include DEVICE with type error := error

  (** [write t buf off len] writes what can be written without waiting, and is
      the number of bytes taken, from 0 to [len]. *)
  val write : t -> string -> int -> int -> int

  (** [write_all t buf off len] writes [len] bytes of [buf] from [off], waiting
      as needed. *)
  val write_all : t -> string -> int -> int -> unit io

  (** [log t line] writes [line] and a newline, without waiting: under pressure
      output may be lost. *)
  val log : t -> string -> unit

  (** [log_s t line] writes [line] and a newline, waiting until all is taken. *)
  val log_s : t -> string -> unit io
end

(** {1 Storage} *)

(** A device of fixed-size sectors. *)
module type BLOCK = sig
  (** Memory that starts and ends on a page boundary. *)
  type page_aligned_buffer

  type error =
    [ `Unknown of string  (** anything else, in words *)
    | `Unimplemented  (** this device lacks the operation *)
    | `Is_read_only  (** a write to a read-only device *)
    | `Disconnected  (** {!disconnect} came first *) ]

  include DEVICE with type error := error

  type info = {
    read_write : bool;  (** [true] if it can be written *)
    sector_size : int;  (** octets in a sector *)
    size_sectors : int64;  (** sectors in the device *)
  }

  (** The device's geometry. *)
  val get_info : t -> info io

  (** [read t sector buffers] fills [buffers] one after another from [sector] on.
      Each must be a whole number of sectors long. *)
  val read :
    t -> int64 -> page_aligned_buffer list -> [ `Error of error | `Ok of unit ] io

  (** [write t sector buffers] stores [buffers] one after another from [sector]
      on, under the conditions of {!read}. After [`Error _] any part of them may
      have reached the device. *)
  val write :
    t -> int64 -> page_aligned_buffer list -> [ `Error of error | `Ok of unit ] io
end

(** Values by key, read-only: a folder of static files. *)
module type KV_RO = sig
  type error = Unknown_key of string  (** no value under that key *)

  include DEVICE with type error := error

  type page_aligned_buffer

  (** [read t key offset length] is up to [length] octets of [key]'s value from
      [offset] on, as buffers in order; less when the value ends before. *)
  val read :
    t ->
    string ->
    int ->
    int ->
    [ `Ok of page_aligned_buffer list | `Error of error ] io

  (** [size t key] is the length of [key]'s value in octets. *)
  val size : t -> string -> [ `Error of error | `Ok of int64 ] io
end

(** A file system with folders. Paths are absolute, with [/] between names. *)
module type FS = sig
  (** The error of the block device underneath. *)
  type block_device_error

  type error =
    [ `Not_a_directory of string  (** a file where a folder is needed *)
    | `Is_a_directory of string  (** a folder where a file is needed *)
    | `Directory_not_empty of string  (** only empty folders can go *)
    | `No_directory_entry of string * string
      (** the folder has no entry of that name *)
    | `File_already_exists of string  (** the name is taken *)
    | `No_space  (** the device is full *)
    | `Format_not_recognised of string  (** not a file system of this kind *)
    | `Unknown_error of string  (** anything else, in words *)
    | `Block_device of block_device_error  (** the device failed *) ]

  include DEVICE with type error := error

  type page_aligned_buffer

  (** [read t path offset length] is up to [length] octets of the file from
      [offset] on, as buffers in order; less when the file ends before. *)
  val read :
    t ->
    string ->
    int ->
    int ->
    [ `Ok of page_aligned_buffer list | `Error of error ] io

  (** [size t path] is the length of the file in octets. *)
  val size : t -> string -> [ `Error of error | `Ok of int64 ] io

  type stat = {
    filename : string;  (** the last part of the path *)
    read_only : bool;  (** [true] if it refuses writes *)
    directory : bool;  (** [true] for a folder, [false] for a file *)
    size : int64;  (** octets; of a folder, what its entries take *)
  }

  (** [format t size] erases the device and lays out an empty file system of
      [size] octets. *)
  val format : t -> int64 -> [ `Ok of unit | `Error of error ] io

  (** [create t path] makes an empty file. *)
  val create : t -> string -> [ `Ok of unit | `Error of error ] io

  (** [mkdir t path] makes an empty folder; its parent must exist. *)
  val mkdir : t -> string -> [ `Ok of unit | `Error of error ] io

  (** [destroy t path] removes a file or an empty folder. *)
  val destroy : t -> string -> [ `Ok of unit | `Error of error ] io

  (** [stat t path] describes a file or folder. *)
  val stat : t -> string -> [ `Ok of stat | `Error of error ] io

  (** [listdir t path] is the names in a folder, without [.] and [..]. *)
  val listdir : t -> string -> [ `Ok of string list | `Error of error ] io

  (** [write t path offset buffer] overwrites the file with [buffer] from
      [offset] on, and extends it when it is too short. *)
  val write :
    t ->
    string ->
    int ->
    page_aligned_buffer ->
    [ `Ok of unit | `Error of error ] io
end

(** {1 Network} *)

(** A network interface that carries Ethernet frames. *)
module type NETWORK = sig
  type page_aligned_buffer

  (** A frame, or part of one: from the destination address to the payload's
      end, without preamble and check sequence. *)
  type buffer

  type error =
    [ `Unknown of string  (** anything else, in words *)
    | `Unimplemented  (** this interface lacks the operation *)
    | `Disconnected  (** {!disconnect} came first *) ]

  (** An address of IEEE 802. *)
  type macaddr

  include DEVICE with type error := error

  (** [write t frame] sends one frame and returns when its memory may be used
      again. A frame that the interface cannot take is lost, as on any wire. *)
  val write : t -> buffer -> unit io

  (** [writev t parts] sends one frame made of [parts] in order. *)
  val writev : t -> buffer list -> unit io

  (** [listen t f] calls [f] with each frame received, until [t] is
      disconnected. The frame is [f]'s to keep. *)
  val listen : t -> (buffer -> unit io) -> unit io

  (** The interface's own address. *)
  val mac : t -> macaddr

  (** What went through, since {!connect} or {!reset_stats_counters}. *)
  type stats = {
    mutable rx_bytes : int64;  (** octets received *)
    mutable rx_pkts : int32;  (** frames received *)
    mutable tx_bytes : int64;  (** octets sent *)
    mutable tx_pkts : int32;  (** frames sent *)
  }

  (** The counters. *)
  val get_stats_counters : t -> stats

  (** Sets all counters to zero. *)
  val reset_stats_counters : t -> unit
end

(** Ethernet (IEEE 802.3, RFC 894) over a network interface, with address
    resolution (ARP, RFC 826). *)
module type ETHIF = sig
  type buffer

  (** The interface underneath. *)
  type netif

  type ipv4addr

  type error =
    [ `Unknown of string  (** anything else, in words *)
    | `Unimplemented  (** the interface lacks the operation *)
    | `Disconnected  (** the interface went away *) ]

  type macaddr

  include DEVICE with type error := error and type id := netif

  (** [write t frame] sends a frame, Ethernet header included. *)
  val write : t -> buffer -> unit io

  (** [writev t parts] sends one frame made of [parts] in order; the first holds
      the whole Ethernet header. *)
  val writev : t -> buffer list -> unit io

  (** The interface's own address. *)
  val mac : t -> macaddr

  (** [input ~ipv4 ~ipv6 t frame] takes a received frame apart: ARP is handled
      here, the payload of IPv4 (EtherType 0x0800) goes to [ipv4], that of IPv6
      (0x86dd) to [ipv6], anything else is dropped. *)
  val input :
    ipv4:(buffer -> unit io) ->
    ipv6:(buffer -> unit io) ->
    t ->
    buffer ->
    unit io

  (** [query_arpv4 t ip] is the hardware address of [ip], from the cache or by
      asking the network. It fails when nobody answers. *)
  val query_arpv4 : t -> ipv4addr -> macaddr io

  (** [add_ipv4 t ip] announces [ip] by a gratuitous ARP (RFC 5227, section 3)
      and answers for it from then on. *)
  val add_ipv4 : t -> ipv4addr -> unit io
end

(** The Internet Protocol, version 4 (RFC 791, RFC 1122). *)
module type IPV4 = sig
  type buffer

  (** The Ethernet layer underneath. *)
  type ethif

  type ipv4addr

  type error =
    [ `Unknown of string  (** anything else, in words *)
    | `Unimplemented  (** a part of IPv4 that is not there *) ]

  include DEVICE with type error := error and type id := ethif

  (** Takes the payload of one datagram. *)
  type callback = src:ipv4addr -> dst:ipv4addr -> buffer -> unit io

  (** [input ~tcp ~udp ~default t datagram] checks a received datagram,
      reassembles fragments, and gives the payload to [tcp] (protocol 6), [udp]
      (17), or [default ~proto]. *)
  val input :
    tcp:callback ->
    udp:callback ->
    default:(proto:int -> callback) ->
    t ->
    buffer ->
    unit io

  (** [allocate_frame ~proto ~dest_ip t] is a fresh frame with the Ethernet and
      IPv4 headers filled in, and the length of these headers in octets: what
      the layer above writes starts there. *)
  val allocate_frame :
    proto:[< `ICMP | `TCP | `UDP ] -> dest_ip:ipv4addr -> t -> (buffer * int) io

  (** [write t frame payload] sends [payload] behind [frame], which comes from
      {!allocate_frame} and ends with the header of the layer above; lengths and
      the header's checksum are filled in here. *)
  val write : t -> buffer -> buffer -> unit io

  (** [writev t frame parts] is {!write} with a payload in parts. *)
  val writev : t -> buffer -> buffer list -> unit io

  (** The own address, which is then announced on the network. *)
  val set_ipv4 : t -> ipv4addr -> unit io

  val get_ipv4 : t -> ipv4addr

  (** The netmask that tells neighbours from what lies behind a gateway. *)
  val set_ipv4_netmask : t -> ipv4addr -> unit io

  val get_ipv4_netmask : t -> ipv4addr

  (** The gateways, the preferred one first. *)
  val set_ipv4_gateways : t -> ipv4addr list -> unit io

  val get_ipv4_gateways : t -> ipv4addr list
end

(** The Internet Protocol, version 6 (RFC 8200), for a host on one interface. *)
module type IPV6 = sig
  type buffer

  (** The Ethernet layer underneath. *)
  type ethif

  type ipv6addr

  type error =
    [ `Unknown of string  (** anything else, in words *)
    | `Unimplemented  (** a part of IPv6 that is not there *) ]

  include DEVICE with type error := error and type id := ethif

  (** Takes the payload of one datagram. *)
  type callback = src:ipv6addr -> dst:ipv6addr -> buffer -> unit io

  (** [input ~tcp ~udp ~default t datagram] is as in {!module-type:IPV4}. Without
      [default] the sender of another protocol is told that there is none. *)
  val input :
    tcp:callback ->
    udp:callback ->
    ?default:(proto:int -> callback) ->
    t ->
    buffer ->
    unit io

  (** [allocate_frame ~src ~proto ~dest_ip t] is as in {!module-type:IPV4}; without
      [src] the datagram comes from {!get_source}. *)
  val allocate_frame :
    ?src:ipv6addr ->
    proto:[< `ICMP | `TCP | `UDP ] ->
    dest_ip:ipv6addr ->
    t ->
    (buffer * int) io

  (** [write t frame payload] and [writev t frame parts] are as in
      {!module-type:IPV4}. *)
  val write : t -> buffer -> buffer -> unit io

  val writev : t -> buffer -> buffer list -> unit io

  (** [add_ipv6 t ip ~length] takes an address in a network whose prefix has [length]
      bits. It may be used a second or two later, unless somebody else has it (RFC
      4862, section 5.4). *)
  val add_ipv6 : t -> ipv6addr -> length:int -> unit io

  val remove_ipv6 : t -> ipv6addr -> unit io

  (** [use_slaac t] asks routers for gateways, and for prefixes to make addresses of
      (RFC 4862). *)
  val use_slaac : t -> unit io

  (** The addresses that may be used; the one of the link is always among them. *)
  val get_ipv6 : t -> ipv6addr list

  (** [get_source t dst] is the address to speak to [dst] from (RFC 6724); [None] if
      there is none yet. *)
  val get_source : t -> ipv6addr -> ipv6addr option

  (** Gateways, the preferred one first; they count more than what routers say. *)
  val set_ipv6_gateways : t -> ipv6addr list -> unit io

  val get_ipv6_gateways : t -> ipv6addr list

  (** Octets that the link takes at a time. *)
  val get_mtu : t -> int
end

(** The User Datagram Protocol (RFC 768). *)
module type UDPV4 = sig
  type buffer

  (** The IPv4 layer underneath. *)
  type ipv4

  type ipv4addr

  (** What {!module-type:IPV4.input} expects for its [udp]. *)
  type ipv4input

  type error = [ `Unknown of string  (** anything else, in words *) ]

  include DEVICE with type error := error and type id := ipv4

  (** Takes the payload of one datagram. *)
  type callback =
    src:ipv4addr -> dst:ipv4addr -> src_port:int -> buffer -> unit io

  (** [input ~listeners t] checks received datagrams and calls the listener of
      the destination port; without one they are dropped. *)
  val input : listeners:(dst_port:int -> callback option) -> t -> ipv4input

  (** [write ~source_port ~dest_ip ~dest_port t payload] sends one datagram.
      Without [source_port] the stack chooses one. *)
  val write :
    ?source_port:int ->
    dest_ip:ipv4addr ->
    dest_port:int ->
    t ->
    buffer ->
    unit io
end

(** The Transmission Control Protocol (RFC 9293). *)
module type TCPV4 = sig
  type buffer

  (** The IPv4 layer underneath. *)
  type ipv4

  type ipv4addr

  (** What {!module-type:IPV4.input} expects for its [tcp]. *)
  type ipv4input

  (** One connection. *)
  type flow

  type error =
    [ `Unknown of string  (** anything else, in words *)
    | `Timeout  (** the peer no longer answers *)
    | `Refused  (** the peer refused the connection *) ]

  include DEVICE with type error := error and type id := ipv4

  (** Takes an accepted connection; the connection is not closed when it returns. *)
  type callback = flow -> unit io

  (** Address and port of the peer. *)
  val get_dest : flow -> ipv4addr * int

  (** [read flow] is the next data received, [`Eof] once the peer has closed its
      side. *)
  val read : flow -> [ `Ok of buffer | `Eof | `Error of error ] io

  (** [write flow data] queues [data] for sending, and waits while the queue is
      full. Small writes may be held back and joined (RFC 896). *)
  val write : flow -> buffer -> unit io

  (** [writev flow parts] is {!write} for data in parts. *)
  val writev : flow -> buffer list -> unit io

  (** [write_nodelay flow data] is {!write}, but sends at once. *)
  val write_nodelay : flow -> buffer -> unit io

  (** [writev_nodelay flow parts] is {!writev}, but sends at once. *)
  val writev_nodelay : flow -> buffer list -> unit io

  (** [close flow] sends what is queued, then closes the own side; {!read} may
      still yield data. *)
  val close : flow -> unit io

  (** [create_connection t (ip, port)] opens a connection. *)
  val create_connection :
    t -> ipv4addr * int -> [ `Ok of flow | `Error of error ] io

  (** [input t ~listeners] takes received segments: to the connection they belong
      to, or to the listener of the destination port, or answers with a reset. *)
  val input : t -> listeners:(int -> callback option) -> ipv4input
end

(** UDP over IPv6. *)
module type UDPV6 = sig
  type buffer

  (** The IPv6 layer underneath. *)
  type ipv6

  type ipv6addr

  (** What {!module-type:IPV6.input} expects for its [udp]. *)
  type ipv6input

  type error = [ `Unknown of string  (** anything else, in words *) ]

  include DEVICE with type error := error and type id := ipv6

  (** Takes the payload of one datagram. *)
  type callback =
    src:ipv6addr -> dst:ipv6addr -> src_port:int -> buffer -> unit io

  (** [input ~listeners t] checks received datagrams and calls the listener of
      the destination port; without one they are dropped. *)
  val input : listeners:(dst_port:int -> callback option) -> t -> ipv6input

  (** [write ~source_port ~dest_ip ~dest_port t payload] sends one datagram.
      Without [source_port] the stack chooses one. *)
  val write :
    ?source_port:int ->
    dest_ip:ipv6addr ->
    dest_port:int ->
    t ->
    buffer ->
    unit io
end

(** TCP over IPv6. *)
module type TCPV6 = sig
  type buffer

  (** The IPv6 layer underneath. *)
  type ipv6

  type ipv6addr

  (** What {!module-type:IPV6.input} expects for its [tcp]. *)
  type ipv6input

  (** One connection. *)
  type flow

  type error =
    [ `Unknown of string  (** anything else, in words *)
    | `Timeout  (** the peer no longer answers *)
    | `Refused  (** the peer refused the connection *) ]

  include DEVICE with type error := error and type id := ipv6

  (** Takes an accepted connection; the connection is not closed when it returns. *)
  type callback = flow -> unit io

  (** Address and port of the peer. *)
  val get_dest : flow -> ipv6addr * int

  (** [read flow] is the next data received, [`Eof] once the peer has closed its
      side. *)
  val read : flow -> [ `Ok of buffer | `Eof | `Error of error ] io

  (** [write flow data] queues [data] for sending, and waits while the queue is
      full. Small writes may be held back and joined (RFC 896). *)
  val write : flow -> buffer -> unit io

  (** [writev flow parts] is {!write} for data in parts. *)
  val writev : flow -> buffer list -> unit io

  (** [write_nodelay flow data] is {!write}, but sends at once. *)
  val write_nodelay : flow -> buffer -> unit io

  (** [writev_nodelay flow parts] is {!writev}, but sends at once. *)
  val writev_nodelay : flow -> buffer list -> unit io

  (** [close flow] sends what is queued, then closes the own side; {!read} may
      still yield data. *)
  val close : flow -> unit io

  (** [create_connection t (ip, port)] opens a connection. *)
  val create_connection :
    t -> ipv6addr * int -> [ `Ok of flow | `Error of error ] io

  (** [input t ~listeners] takes received segments: to the connection they belong
      to, or to the listener of the destination port, or answers with a reset. *)
  val input : t -> listeners:(int -> callback option) -> ipv6input
end

(** A whole IPv4 stack, ready to use. *)
module type STACKV4 = sig
  (** Where the stack logs. *)
  type console

  (** What carries its packets. *)
  type netif

  (** How it gets its address. *)
  type mode

  type ('console, 'netif, 'mode) config

  type ipv4addr

  type buffer

  (** The stack's UDP, TCP and IPv4, types of the modules' [t] below. *)
  type udpv4

  type tcpv4

  type ipv4

  type error = [ `Unknown of string  (** in words *) ]

  (** [connect config] returns when the stack has an address. *)
  include
    DEVICE with type error := error and type id = (console, netif, mode) config

  module UDPV4 :
    UDPV4
      with type +'a io = 'a io
       and type ipv4addr = ipv4addr
       and type buffer = buffer
       and type t = udpv4

  module TCPV4 :
    TCPV4
      with type +'a io = 'a io
       and type ipv4addr = ipv4addr
       and type buffer = buffer
       and type t = tcpv4

  module IPV4 :
    IPV4
      with type +'a io = 'a io
       and type ipv4addr = ipv4addr
       and type buffer = buffer
       and type t = ipv4

  (** The stack's layers, to send from. *)
  val udpv4 : t -> udpv4

  val tcpv4 : t -> tcpv4

  val ipv4 : t -> ipv4

  (** [listen_udpv4 t ~port f] calls [f] for datagrams to [port], in place of an
      earlier listener. *)
  val listen_udpv4 : t -> port:int -> UDPV4.callback -> unit

  (** [listen_tcpv4 t ~port f] calls [f] for connections to [port], in place of
      an earlier listener. *)
  val listen_tcpv4 : t -> port:int -> TCPV4.callback -> unit

  (** [listen t] processes what arrives, until the stack is disconnected. *)
  val listen : t -> unit io
end

(** A whole stack for both versions of IP. It is a {!module-type:STACKV4} as well: whoever
    needs no more has to know no more. A connection is one thing, whatever carries it:
    [TCPV4] reads and writes those of IPv6, too. *)
module type STACKV4V6 = sig
  include STACKV4

  type ipv6addr

  (** An address of either version. *)
  type ipaddr

  type udpv6

  type tcpv6

  type ipv6

  module UDPV6 :
    UDPV6
      with type +'a io = 'a io
       and type ipv6addr = ipv6addr
       and type buffer = buffer
       and type t = udpv6

  module TCPV6 :
    TCPV6
      with type +'a io = 'a io
       and type ipv6addr = ipv6addr
       and type buffer = buffer
       and type t = tcpv6
       and type flow = TCPV4.flow

  module IPV6 :
    IPV6
      with type +'a io = 'a io
       and type ipv6addr = ipv6addr
       and type buffer = buffer
       and type t = ipv6

  val udpv6 : t -> udpv6

  val tcpv6 : t -> tcpv6

  val ipv6 : t -> ipv6

  (** As {!listen_udpv4} and {!listen_tcpv4}, for IPv6 alone. *)
  val listen_udpv6 : t -> port:int -> UDPV6.callback -> unit

  val listen_tcpv6 : t -> port:int -> TCPV6.callback -> unit

  (** Likewise for both. *)
  val listen_udp :
    t ->
    port:int ->
    (src:ipaddr -> dst:ipaddr -> src_port:int -> buffer -> unit io) ->
    unit

  val listen_tcp : t -> port:int -> TCPV4.callback -> unit

  (** Address and port of the peer. [TCPV4.get_dest] says 0.0.0.0 for one of IPv6,
      [TCPV6.get_dest] the mapped address (RFC 4291, section 2.5.5.2) for one of IPv4. *)
  val get_dest : TCPV4.flow -> ipaddr * int

  (** [create_connection t (ip, port)] opens a connection. *)
  val create_connection :
    t -> ipaddr * int -> [ `Ok of TCPV4.flow | `Error of TCPV4.error ] io

  (** [write_udp ~source_port ~dest_ip ~dest_port t payload] sends one datagram. *)
  val write_udp :
    ?source_port:int ->
    dest_ip:ipaddr ->
    dest_port:int ->
    t ->
    buffer ->
    unit io
end

(** {1 Names} *)

(** Addresses of hosts by name. *)
module type RESOLVER = sig
  type error =
    [ `Malformed_name of string  (** no host's name; why *)
    | `Unknown_host  (** there is no such host, or it has no address *)
    | `Unavailable of string  (** nobody answers; why *) ]

  include DEVICE with type error := error

  type ipaddr

  (** [addresses t host] are the addresses of [host], at least one, in the order
      in which to try them. An address in text form stands for itself. *)
  val addresses : t -> string -> [ `Ok of ipaddr list | `Error of error ] io
end

(** {1 Streams} *)

(** A connection that carries bytes both ways. *)
module type FLOW = sig
  type +'a io

  type buffer

  type flow

  type error

  (** [read flow] is the next data, [`Eof] at the end. *)
  val read : flow -> [ `Ok of buffer | `Eof | `Error of error ] io

  (** [write flow data] sends [data]; [`Eof] if the flow is already closed. *)
  val write : flow -> buffer -> [ `Ok of unit | `Eof | `Error of error ] io

  (** [writev flow parts] sends [parts] in order. *)
  val writev : flow -> buffer list -> [ `Ok of unit | `Eof | `Error of error ] io
end

(** Buffered reading and writing on a flow. Reading fails with [End_of_file] at
    the end of the flow. *)
module type CHANNEL = sig
  type buffer

  type flow

  type t

  type +'a io

  type 'a io_stream

  (** [create flow] is a channel on [flow], which must not be used otherwise from
      then on. *)
  val create : flow -> t

  (** The flow underneath. *)
  val to_flow : t -> flow

  (** The next character. *)
  val read_char : t -> char io

  (** [read_until t c] is [(true, data)] with the [data] before the next [c],
      which is consumed, or [(false, data)] with what there is when [c] has not
      been seen yet. *)
  val read_until : t -> char -> (bool * buffer) io

  (** [read_some ~len t] is at least one octet and up to [len] of them, or as
      many as are there. *)
  val read_some : ?len:int -> t -> buffer io

  (** [read_stream ~len t] is the next [len] octets, or all up to the end of the
      flow, as they arrive. *)
  val read_stream : ?len:int -> t -> buffer io_stream

  (** The next line as parts in order, without its end, LF or CRLF. *)
  val read_line : t -> buffer list io

  (** The [write_] functions keep data until {!flush}. *)
  val write_char : t -> char -> unit

  (** [write_string t s off len] writes [len] characters of [s] from [off].
      @raise Invalid_argument if the range is out of bounds. *)
  val write_string : t -> string -> int -> int -> unit

  (** [write_buffer t data] writes without copying: [data] must not change until
      {!flush} returns. *)
  val write_buffer : t -> buffer -> unit

  (** [write_line t s] writes [s] and a LF. *)
  val write_line : t -> string -> unit

  (** [flush t] sends all that was written. *)
  val flush : t -> unit io

  (** [close t] flushes, then closes the flow. *)
  val close : t -> unit io
end
