(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core

exception Error of string

(* Types of messages (xen/io/xs_wire.h). *)
let directory_ = 1
let read_ = 2
let watch_ = 4
let unwatch_ = 5
let write_ = 11
let rm_ = 13
let watch_event = 15
let error_ = 16
let header = 16

(* struct xenstore_domain_interface *)
let ring_size = 1024
let requests = 0
let responses = ring_size
let request_consumer = 2 * ring_size
let request_producer = request_consumer + 4
let response_consumer = request_consumer + 8
let response_producer = request_consumer + 12

type connection = {
  page : Cstruct.t;
  port : Event.port;
  outgoing : Buffer.t;
  incoming : Buffer.t;
  waiting : (int, string Lwt.u) Hashtbl.t;
  watches : (string, unit -> unit) Hashtbl.t;
  mutable last_id : int;
}

let get t offset = Field.get32 t.page offset
let set t offset i = Field.set32 t.page offset i

let drop_first buffer n =
  let rest = Buffer.sub buffer n (Buffer.length buffer - n) in
  Buffer.clear buffer;
  Buffer.add_string buffer rest

(* Moves what fits into the ring. *)
let send t =
  let producer = get t request_producer in
  let used = (producer - get t request_consumer) land 0xffff_ffff in
  let n = min (Buffer.length t.outgoing) (ring_size - used) in
  Kernel.barrier ();
  for i = 0 to n - 1 do
    Cstruct.set_char t.page
      (requests + ((producer + i) land (ring_size - 1)))
      (Buffer.nth t.outgoing i)
  done;
  if n > 0 then begin
    Kernel.barrier ();
    set t request_producer (producer + n);
    drop_first t.outgoing n;
    Event.send t.port
  end

let receive t =
  let consumer = get t response_consumer in
  let n = (get t response_producer - consumer) land 0xffff_ffff in
  Kernel.barrier ();
  for i = 0 to n - 1 do
    Buffer.add_char t.incoming
      (Cstruct.get_char t.page (responses + ((consumer + i) land (ring_size - 1))))
  done;
  if n > 0 then begin
    Kernel.barrier ();
    set t response_consumer (consumer + n);
    Event.send t.port
  end

let without_nul s =
  match String.index_opt s '\000' with Some i -> String.sub s 0 i | None -> s

(* The payload of a watch event is the path and the token, each ended by a NUL. *)
let fire t payload =
  match String.split_on_char '\000' payload with
  | _path :: token :: _ ->
      Option.iter (fun callback -> callback ()) (Hashtbl.find_opt t.watches token)
  | _ -> ()

let answer t kind id payload =
  match Hashtbl.find_opt t.waiting id with
  | None -> ()
  | Some resolver ->
      Hashtbl.remove t.waiting id;
      if kind = error_ then
        Lwt.wakeup_later_exn resolver (Error (without_nul payload))
      else Lwt.wakeup_later resolver payload

let rec take_messages t =
  let there = Buffer.length t.incoming in
  if there >= header then begin
    let head = Cstruct.of_string (Buffer.sub t.incoming 0 header) in
    let field offset = Field.get32 head offset in
    let length = field 12 in
    if there >= header + length then begin
      let payload = Buffer.sub t.incoming header length in
      drop_first t.incoming (header + length);
      if field 0 = watch_event then fire t payload
      else answer t (field 0) (field 4) payload;
      take_messages t
    end
  end

let on_event t () =
  receive t;
  send t;
  take_messages t

(* xen/hvm/params.h *)
let param_page = 1
let param_port = 2

let connect () =
  let port = if Hypervisor.is_here () then Hypervisor.param param_port else 0 in
  if port = 0 then None
  else begin
    let page = Kernel.memory (Hypervisor.param param_page * 4096) 4096 in
    let t =
      {
        page = Cstruct.of_bigarray page;
        port;
        outgoing = Buffer.create 256;
        incoming = Buffer.create 256;
        waiting = Hashtbl.create 7;
        watches = Hashtbl.create 7;
        last_id = 0;
      }
    in
    Event.listen port (on_event t);
    Some t
  end

let connection = lazy (connect ())
let is_available () = Lazy.force connection <> None

let request kind payload =
  match Lazy.force connection with
  | None -> Lwt.fail (Error "there is no xenstore")
  | Some t ->
      t.last_id <- t.last_id + 1;
      let id = t.last_id land 0x7fff_ffff in
      let head = Bytes.make header '\000' in
      let set offset i = Bytes.set_int32_le head offset (Int32.of_int i) in
      set 0 kind;
      set 4 id;
      set 12 (String.length payload);
      Buffer.add_bytes t.outgoing head;
      Buffer.add_string t.outgoing payload;
      let promise, resolver = Lwt.wait () in
      Hashtbl.replace t.waiting id resolver;
      send t;
      promise

let ended s = s ^ "\000"
let read path = request read_ (ended path)

let read_opt path =
  Lwt.catch
    (fun () -> read path >|= Option.some)
    (function Error "ENOENT" -> Lwt.return_none | e -> Lwt.fail e)

let write path value = request write_ (ended path ^ value) >|= ignore
let remove path = request rm_ (ended path) >|= ignore

let directory path =
  Lwt.catch
    (fun () ->
      request directory_ (ended path) >|= fun names ->
      List.filter (( <> ) "") (String.split_on_char '\000' names))
    (function Error "ENOENT" -> Lwt.return_nil | e -> Lwt.fail e)

type watch = { path : string; token : string }

let watch path callback =
  match Lazy.force connection with
  | None -> Lwt.fail (Error "there is no xenstore")
  | Some t ->
      let token = string_of_int (t.last_id + 1) in
      Hashtbl.replace t.watches token callback;
      request watch_ (ended path ^ ended token) >|= fun _ -> { path; token }

let unwatch { path; token } =
  request unwatch_ (ended path ^ ended token) >|= fun _ ->
  Option.iter (fun t -> Hashtbl.remove t.watches token) (Lazy.force connection)
