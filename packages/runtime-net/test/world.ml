(* SPDX-License-Identifier: ISC *)

(* A world with a clock of its own, in which time passes only when nothing is
   left to do, and Ethernet segments that lose, repeat and delay frames. *)

type event = { at : float; number : int; fire : unit -> unit }

module Agenda = Set.Make (struct
  type t = event

  let compare a b = compare (a.at, a.number) (b.at, b.number)
end)

let agenda = ref Agenda.empty
let now = ref 0.
let wall_offset = ref 1.7e9
let numbers = ref 0

(* What ends with the world. *)
let belongings = ref []

let reset () =
  List.iter (fun give_back -> give_back ()) !belongings;
  belongings := [];
  Random.init 42;
  Lwt.abandon_paused ();
  agenda := Agenda.empty;
  now := 0.;
  wall_offset := 1.7e9

let later delay fire =
  incr numbers;
  agenda := Agenda.add { at = !now +. delay; number = !numbers; fire } !agenda

let settle () =
  while Lwt.paused_count () > 0 do
    Lwt.wakeup_paused ()
  done

(* Lets the next event happen. *)
let step () =
  match Agenda.min_elt_opt !agenda with
  | None -> false
  | Some event ->
    agenda := Agenda.remove event !agenda;
    now := max !now event.at;
    event.fire ();
    settle ();
    true

(* Lets time pass for [seconds]. *)
let rec elapse_until limit =
  settle ();
  match Agenda.min_elt_opt !agenda with
  | Some event when event.at <= limit ->
    ignore (step ());
    elapse_until limit
  | Some _ | None -> now := limit

let elapse seconds = elapse_until (!now +. seconds)

exception Stuck

(* The value of [promise], which must come within [limit] seconds. *)
let run ?(limit = 3600.) promise =
  let deadline = !now +. limit in
  let rec go () =
    settle ();
    match Lwt.state promise with
    | Lwt.Return value -> value
    | Lwt.Fail exn -> raise exn
    | Lwt.Sleep -> if !now <= deadline && step () then go () else raise Stuck
  in
  go ()

module Time = struct
  type +'a io = 'a Lwt.t

  let sleep seconds =
    let promise, waiter = Lwt.wait () in
    later seconds (fun () -> Lwt.wakeup_later waiter ());
    promise
end

module Clock = struct
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

  let time () = !wall_offset +. !now

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

(* Repeats itself: a test that fails fails again. *)
module Rand = struct
  let self_init () = ()
  let int = Random.int
  let int32 = Random.int32
end

module Console = struct
  type +'a io = 'a Lwt.t
  type t = string
  type id = string
  type error = [ `Invalid_console of string ]

  let connect id = Lwt.return (`Ok id)
  let disconnect _ = Lwt.return_unit
  let id t = t
  let write _ _ _ len = len
  let write_all _ _ _ _ = Lwt.return_unit
  let log _ _ = ()
  let log_s _ _ = Lwt.return_unit
end

(* What happens to a frame: its copies arrive after these delays, in seconds. *)
type fate = Cstruct.t -> float list

let delay = 0.000_1
let deliver_all _ = [ delay ]

module Netif = struct
  type +'a io = 'a Lwt.t
  type page_aligned_buffer = Cstruct.buffer
  type buffer = Cstruct.t
  type macaddr = Macaddr.t
  type error = [ `Unknown of string | `Unimplemented | `Disconnected ]

  type stats = {
    mutable rx_bytes : int64;
    mutable rx_pkts : int32;
    mutable tx_bytes : int64;
    mutable tx_pkts : int32;
  }

  (* With [offload], interfaces take segments of any length without a checksum, and
     deliver them so. *)
  type hub = { mutable ports : t list; mutable fate : fate; offload : bool }

  and t = {
    name : string;
    hub : hub;
    address : Macaddr.t;
    mutable receive : (Cstruct.t -> unit Lwt.t) option;
    mutable gone : unit Lwt.t * unit Lwt.u;
    counters : stats;
  }

  type id = string

  let hub = ref { ports = []; fate = deliver_all; offload = false }
  let stats () = { rx_bytes = 0L; rx_pkts = 0l; tx_bytes = 0L; tx_pkts = 0l }

  (* A fresh Ethernet segment, which further interfaces are connected to. *)
  let new_hub ?(offload = false) () =
    hub := { ports = []; fate = deliver_all; offload };
    !hub

  let offer t =
    if t.hub.offload then Net_offload.offer_ipv6 t.address;
    Net_offload.offer t.address
      (if t.hub.offload then { checksum = true; largest = 65_535 } else Net_offload.none)

  let connect name =
    let n = List.length !hub.ports + 1 in
    let t =
      {
        name;
        hub = !hub;
        address = Macaddr.of_octets_exn (Printf.sprintf "\002\000\000\000\000%c" (Char.chr n));
        receive = None;
        gone = Lwt.wait ();
        counters = stats ();
      }
    in
    !hub.ports <- !hub.ports @ [ t ];
    offer t;
    Lwt.return (`Ok t)

  let disconnect t =
    t.receive <- None;
    if Lwt.is_sleeping (fst t.gone) then Lwt.wakeup_later (snd t.gone) ();
    Lwt.return_unit

  let id t = t.name
  let mac t = t.address

  let arrive t ~verified frame () =
    let deliver receive () =
      if verified then Net_offload.deliver_verified frame receive else receive frame
    in
    Option.iter (fun receive -> Lwt.async (deliver receive)) t.receive

  let count t frame =
    t.counters.tx_pkts <- Int32.succ t.counters.tx_pkts;
    t.counters.tx_bytes <- Int64.add t.counters.tx_bytes (Int64.of_int (Cstruct.length frame))

  let writev t parts =
    let frame = Cstruct.concat parts in
    let verified = Net_offload.segment_size parts > 0 in
    count t frame;
    let send_to port =
      if port != t then
        List.iter
          (fun delay ->
            later delay (arrive port ~verified (Cstruct.append frame Cstruct.empty)))
          (t.hub.fate frame)
    in
    List.iter send_to t.hub.ports;
    Lwt.return_unit

  let write t frame = writev t [ frame ]

  let listen t receive =
    t.receive <- Some receive;
    fst t.gone

  let get_stats_counters t = t.counters
  let reset_stats_counters _ = ()
end

module E = Ethif.Make (Netif)
module I = Ipv4.Make (E)
module U = Udpv4.Make (I)
module T = Tcpv4.Make (I) (Time) (Clock) (Rand)

module S =
  Tcpip_stack_direct.Make (Console) (Time) (Rand) (Netif) (E) (I) (U) (T)

let ip = Ipaddr.V4.of_string_exn
let netmask = ip "255.255.255.0"
let ok = function `Ok x -> x | `Error _ -> Alcotest.fail "not connected"

let open_stack ?(mode = `IPv4 (ip "10.0.0.2", netmask, [])) name =
  let interface = ok (run (Netif.connect name)) in
  let config = { V1_LWT.name; console = name; interface; mode } in
  let keep = function
    | `Ok stack as connected ->
      belongings := (fun () -> Lwt.async (fun () -> S.disconnect stack)) :: !belongings;
      connected
    | `Error _ as error -> error
  in
  Lwt.map keep (S.connect config)

(* Two stacks on one segment. *)
let two_stacks ?offload () =
  reset ();
  let hub = Netif.new_hub ?offload () in
  let a = ok (run (open_stack ~mode:(`IPv4 (ip "10.0.0.1", netmask, [])) "a")) in
  let b = ok (run (open_stack ~mode:(`IPv4 (ip "10.0.0.2", netmask, [])) "b")) in
  (hub, a, b)

(* A station that is no stack: frames it gets, in order, and a way to send. *)
let station () =
  let netif = ok (run (Netif.connect "station")) in
  let frames = Queue.create () in
  let listen = Netif.listen netif in
  Lwt.async (fun () ->
      listen (fun frame ->
          Queue.add frame frames;
          Lwt.return_unit));
  (netif, frames)
