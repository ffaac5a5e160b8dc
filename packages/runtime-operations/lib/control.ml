(* SPDX-License-Identifier: ISC *)

let longest = 4096

(* Octets of a capture that wait; further frames are lost. *)
let most_queued = 1024 * 1024

type answer = Ok of Json_text.t | Error of string

type session = {
  channel : Control_channel.t;
  mutable capture : (string * (unit -> Json_text.t)) option;
      (** the request that goes on, and what ends it *)
}

let say { channel; _ } id kind text =
  channel.send (String.concat " " [ id; kind; text ] ^ "\n")

let reply session id = function
  | Ok json -> say session id "ok" (Json_text.to_string json)
  | Error why -> say session id "error" why

(* {1 Figures} *)

let stats () =
  let open Json_text in
  let gc = Gc.quick_stat () in
  let metric name = Option.value ~default:Float.nan (Metrics.value name) in
  let net names = int (List.fold_left (fun sum name -> sum + Net_counters.current name) 0 names) in
  let octets_of_word = Sys.word_size / 8 in
  obj
    [
      ("uptime", float (Program_metrics.uptime ()));
      ("cpu", float (metric Program_metrics.cpu));
      ( "memory",
        obj
          [
            ("heap", int (gc.heap_words * octets_of_word));
            ("buffers", int (Memory_budget.used ()));
            ("budget", int (Memory_budget.limit ()));
          ] );
      ("connections", net [ "TcpCurrEstab" ]);
      ("requests", float (Metrics.total "http_requests_total"));
      ( "network",
        obj
          [
            ("received", net [ "IpExtInOctets"; "Ip6InOctets"; "SocketInOctets" ]);
            ("sent", net [ "IpExtOutOctets"; "Ip6OutOctets"; "SocketOutOctets" ]);
          ] );
      ( "gc",
        obj
          [
            ("minor", int gc.minor_collections);
            ("major", int gc.major_collections);
            ("compactions", int gc.compactions);
          ] );
    ]

let netstat () =
  Json_text.(obj (List.map (fun (name, value) -> (name, int value)) (Net_counters.all ())))

let levels () =
  let open Json_text in
  let name level = string (Logs.level_to_string level) in
  let usual = Logs.level () in
  let differs source = Logs.Src.level source <> usual in
  let sources = List.filter differs (Logs.Src.list ()) in
  let source source = (Logs.Src.name source, name (Logs.Src.level source)) in
  obj [ ("level", name usual); ("sources", obj (List.sort compare (List.map source sources))) ]

let log_level = function
  | "" -> Ok (levels ())
  | text -> (
      match Console_log.change text with
      | Result.Ok () -> Ok (levels ())
      | Error why -> Error why)

(* {1 Captures} *)

(* What describes an interface must not be lost: others refer to it. *)
let is_frame block = String.get_int32_le block 0 = 6l

let begin_capture session ~now id =
  let frames = ref 0 and lost = ref 0 in
  let write block =
    let is_lost = is_frame block && session.channel.queued () > most_queued in
    if is_frame block then incr (if is_lost then lost else frames);
    if not is_lost then say session id "more" (Base64_text.encode block)
  in
  let finish () =
    Net_capture.stop ();
    Json_text.(obj [ ("frames", int !frames); ("lost", int !lost) ])
  in
  session.capture <- Some (id, finish);
  Net_capture.start ~now ~write ()

let stop session id other =
  match session.capture with
  | Some (running, finish) when running = other ->
      session.capture <- None;
      reply session running (Ok (finish ()));
      reply session id (Ok (Json_text.obj []))
  | Some _ | None -> reply session id (Error ("there is no request " ^ other))

(* {1 Requests} *)

let words line =
  match String.index_opt line ' ' with
  | None -> (line, "")
  | Some at -> (String.sub line 0 at, String.sub line (at + 1) (String.length line - at - 1))

let answer session ~now line =
  let id, request = words line in
  let word, text = words request in
  match word with
  | "stats" -> reply session id (Ok (stats ()))
  | "netstat" -> reply session id (Ok (netstat ()))
  | "metrics" ->
      reply session id (Ok (Json_text.obj [ ("text", Json_text.string (Metrics.to_text ())) ]))
  | "health" ->
      Health.ask (fun problem ->
          let fields = match problem with None -> [] | Some why -> [ ("problem", why) ] in
          let fields = List.map (fun (name, why) -> (name, Json_text.string why)) fields in
          reply session id (Ok (Json_text.obj fields)))
  | "log-level" -> reply session id (log_level text)
  | "capture" when Net_capture.is_running () ->
      reply session id (Error "a capture runs already")
  | "capture" -> begin_capture session ~now id
  | "stop" -> stop session id text
  | _ -> reply session id (Error (Printf.sprintf "there is no request %S" word))

let without_return line =
  let length = String.length line in
  if length > 0 && line.[length - 1] = '\r' then String.sub line 0 (length - 1) else line

(* Cuts what comes into lines; of one that is too long, the rest is passed over. *)
let lines handle =
  let line = Buffer.create 80 in
  let take = function
    | '\n' ->
        let text = without_return (Buffer.contents line) in
        Buffer.clear line;
        if String.length text < longest then handle text
    | c -> if Buffer.length line < longest then Buffer.add_char line c
  in
  String.iter take

let install ~now =
  Control_channel.on_connect (fun channel ->
      let session = { channel; capture = None } in
      lines (fun line -> if line <> "" then answer session ~now line))
