(* SPDX-License-Identifier: ISC *)

let cpu = "process_cpu_seconds_total"
let since_start = ref (fun () -> 0.)
let uptime () = !since_start ()

(* A word begins with a capital behind a small letter or a digit, or with one that a small
   letter follows: TCPAbortOnMemory is tcp_abort_on_memory. *)
let snake_case name =
  let is_small c = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') in
  let is_capital c = c >= 'A' && c <= 'Z' in
  let length = String.length name in
  let begins i =
    i > 0
    && is_capital name.[i]
    && (is_small name.[i - 1] || (i + 2 < length && is_small name.[i + 1] && is_small name.[i + 2]))
  in
  let buffer = Buffer.create (length + 8) in
  String.iteri
    (fun i c ->
      if begins i then Buffer.add_char buffer '_';
      Buffer.add_char buffer (Char.lowercase_ascii c))
    name;
  Buffer.contents buffer

let name_of_net name =
  let snake = "mirage_net_" ^ snake_case name in
  if Net_counters.is_gauge name then snake else snake ^ "_total"

let net name =
  let help = Printf.sprintf "%s, as nstat counts it." name in
  let value () = float_of_int (Net_counters.current name) in
  (if Net_counters.is_gauge name then Metrics.measured else Metrics.counted)
    ~help (name_of_net name) value

let collector () =
  let gc f () = f (Gc.quick_stat ()) in
  let count help name f = Metrics.counted ~help name (gc (fun stat -> float_of_int (f stat))) in
  let octets words = words *. float_of_int (Sys.word_size / 8) in
  count "Minor collections." "ocaml_gc_minor_collections_total" (fun s -> s.minor_collections);
  count "Cycles of the major collector." "ocaml_gc_major_collections_total" (fun s ->
      s.major_collections);
  count "Compactions of the heap." "ocaml_gc_compactions_total" (fun s -> s.compactions);
  Metrics.measured ~help:"Size of the major heap." "ocaml_gc_heap_bytes"
    (gc (fun s -> octets (float_of_int s.heap_words)));
  Metrics.counted ~help:"What was allocated." "ocaml_gc_allocated_bytes_total"
    (gc (fun s -> octets (s.minor_words +. s.major_words -. s.promoted_words)))

let peers () =
  let octets f () = float_of_int (f ()) in
  Metrics.measured ~help:"What peers make the program hold." "mirage_peer_memory_bytes"
    (octets Memory_budget.used);
  Metrics.measured ~help:"The most that peers can make it hold."
    "mirage_peer_memory_limit_bytes" (octets Memory_budget.limit)

let install ~now =
  let start = now () in
  (since_start := fun () -> now () -. start);
  Metrics.measured ~help:"When the program started, in seconds since 1970."
    "process_start_time_seconds" (fun () -> start);
  collector ();
  peers ();
  Net_counters.on_each net
