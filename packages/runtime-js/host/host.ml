(* SPDX-License-Identifier: ISC *)

(* {1 Memory} *)

type view

external view_of : Cstruct.buffer -> int -> int -> view = "mirage_js_view"
external buffer_of : view -> Cstruct.buffer = "mirage_js_buffer"

let view { Cstruct.buffer; off; len } = view_of buffer off len
let views parts = Array.of_list (List.map view parts)
let cstruct view = Cstruct.of_bigarray (buffer_of view)

(* {1 The main loop} *)

type timer

external now : unit -> float = "mirage_js_now"
external set_timer : float -> (unit -> unit) -> timer = "mirage_js_set_timer"
external clear_timer : timer -> unit = "mirage_js_clear_timer"
external defer : (unit -> unit) -> unit = "mirage_js_defer"
external suspend : (int -> unit) -> 'a = "mirage_js_suspend"

(* {1 The process} *)

external fill_with_random : view -> unit = "mirage_js_random"
external print_view : int -> view -> unit = "mirage_js_print"
external report : string -> unit = "mirage_js_report"
external peer_memory : unit -> int = "mirage_js_peer_memory"

let print descriptor text =
  if text <> "" then print_view descriptor (view (Cstruct.of_string text))

let random n =
  let octets = Cstruct.create_unsafe n in
  fill_with_random (view octets);
  octets

external take_output : out_channel -> int -> unit = "mirage_js_take_output"

(* {1 Network interfaces} *)

type network

external has_network : string -> bool = "mirage_js_has_network"
external open_network : string -> (network, string) result = "mirage_js_open_network"
external network_mac : network -> string = "mirage_js_network_mac"
external listen_views : network -> (view -> unit) -> unit = "mirage_js_network_listen"
external send_views : network -> view array -> unit = "mirage_js_network_send"
external close_network : network -> unit = "mirage_js_network_close"

let network_listen network f = listen_views network (fun frame -> f (cstruct frame))
let network_send network parts = send_views network (views parts)

(* {1 Promises} *)

exception Failed of string

let promise start =
  let result, resolver = Lwt.wait () in
  start
    (fun value -> Lwt.wakeup_later resolver value)
    (fun why -> Lwt.wakeup_later_exn resolver (Failed why));
  result

(* {1 Disks} *)

type disk

external open_disk : string -> (disk, string) result = "mirage_js_open_disk"
external disk_size : disk -> float = "mirage_js_disk_size"
external disk_read_only : disk -> bool = "mirage_js_disk_read_only"

external transfer :
  disk -> string -> float -> view array -> (unit -> unit) -> (string -> unit) -> unit
  = "mirage_js_disk_transfer" "mirage_js_disk_transfer"

external close_disk : disk -> unit = "mirage_js_disk_close"

let disk_do operation disk position parts =
  promise (transfer disk operation position (views parts))

let disk_read = disk_do "read"
let disk_write = disk_do "write"
let disk_flush disk = disk_do "flush" disk 0. []

(* {1 Sockets} *)

type sockets
type listener
type flow
type socket

external sockets : unit -> (sockets, string) result = "mirage_js_sockets"

external name_servers : sockets -> string array = "mirage_js_name_servers"

external tcp_listen : sockets -> string -> int -> (flow -> unit) -> listener
  = "mirage_js_tcp_listen"

external connect :
  sockets -> string -> string -> int -> (flow -> unit) -> (string -> unit) -> unit
  = "mirage_js_tcp_connect" "mirage_js_tcp_connect"

external tcp_peer_address : flow -> string = "mirage_js_tcp_peer_address"
external tcp_peer_port : flow -> int = "mirage_js_tcp_peer_port"
external read : flow -> (view -> unit) -> (string -> unit) -> unit = "mirage_js_tcp_read"

external write : flow -> view array -> (unit -> unit) -> (string -> unit) -> unit
  = "mirage_js_tcp_write"

external close : flow -> (unit -> unit) -> (string -> unit) -> unit
  = "mirage_js_tcp_close"

external tcp_reset : flow -> unit = "mirage_js_tcp_reset"
external close_listener : listener -> unit = "mirage_js_socket_close"

let tcp_connect sockets ~from address port = promise (connect sockets from address port)
let tcp_read flow = Lwt.map cstruct (promise (read flow))
let tcp_write flow parts = promise (write flow (views parts))
let tcp_close flow = promise (close flow)

external bind :
  sockets -> string -> int -> (string -> int -> string -> view -> unit) -> socket
  = "mirage_js_udp_open"

external udp_port : socket -> int = "mirage_js_udp_port"

external send :
  socket -> string -> int -> view -> (unit -> unit) -> (string -> unit) -> unit
  = "mirage_js_udp_send" "mirage_js_udp_send"

external close_socket : socket -> unit = "mirage_js_socket_close"

let udp_open sockets address port f =
  bind sockets address port (fun source source_port destination payload ->
      f source source_port destination (cstruct payload))

let udp_send socket address port data = promise (send socket address port (view data))
