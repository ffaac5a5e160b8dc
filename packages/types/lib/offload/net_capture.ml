(* SPDX-License-Identifier: ISC *)

type direction = Received | Sent

type capture = {
  now : unit -> float;
  write : string -> unit;
  snap : int;
  mutable interfaces : string list;  (** described so far, the last one first *)
}

let running = ref None
let is_running () = Option.is_some !running
let stop () = running := None

let block_section = 0x0A0D0D0Al
let block_interface = 1l
let block_packet = 6l
let byte_order = 0x1A2B3C4Dl
let link_ethernet = 1
let option_name = 2
let option_flags = 2

let u16 n =
  let b = Bytes.create 2 in
  Bytes.set_uint16_le b 0 n;
  Bytes.to_string b

let u32 n =
  let b = Bytes.create 4 in
  Bytes.set_int32_le b 0 n;
  Bytes.to_string b

let padded s = s ^ String.make (-String.length s land 3) '\000'
let option code value = u16 code ^ u16 (String.length value) ^ padded value
let end_of_options = u16 0 ^ u16 0

(* Each block has its length at both ends. *)
let block kind body =
  let length = u32 (Int32.of_int (String.length body + 12)) in
  String.concat "" [ u32 kind; length; body; length ]

(* Of a section whose length is not known. *)
let section = block block_section (String.concat "" [ u32 byte_order; u16 1; u16 0; u32 (-1l); u32 (-1l) ])

let interface ~snap name =
  block block_interface
    (String.concat ""
       [ u16 link_ethernet; u16 0; u32 (Int32.of_int snap); option option_name name; end_of_options ])

(* Microseconds since 1970 in two words: 2^32 of them are a little more than an hour. *)
let timestamp seconds =
  let us = Int64.of_float (seconds *. 1e6) in
  u32 (Int64.to_int32 (Int64.shift_right_logical us 32)) ^ u32 (Int64.to_int32 us)

let inbound = 1l
let outbound = 2l

let packet t ~number direction parts =
  let length = Cstruct.lenv parts in
  let data = String.concat "" (List.map Cstruct.to_string parts) in
  let kept = if length > t.snap then String.sub data 0 t.snap else data in
  let flags = match direction with Received -> inbound | Sent -> outbound in
  block block_packet
    (String.concat ""
       [
         u32 (Int32.of_int number);
         timestamp (t.now ());
         u32 (Int32.of_int (String.length kept));
         u32 (Int32.of_int length);
         padded kept;
         option option_flags (u32 flags);
         end_of_options;
       ])

(* The number of the interface, which is described when it is met first. *)
let number_of t name =
  let rec find = function
    | [] -> None
    | first :: rest -> if first = name then Some (List.length rest) else find rest
  in
  match find t.interfaces with
  | Some number -> number
  | None ->
      t.write (interface ~snap:t.snap name);
      t.interfaces <- name :: t.interfaces;
      List.length t.interfaces - 1

let guarded t f =
  try f () with _ -> (
    match !running with Some other when other == t -> stop () | Some _ | None -> ())

let start ~now ~write ?(snap = 65535) () =
  let t = { now; write; snap; interfaces = [] } in
  running := Some t;
  guarded t (fun () -> write section)

let frame mac direction parts =
  match !running with
  | None -> ()
  | Some t ->
      guarded t (fun () ->
          let number = number_of t (Macaddr.to_string mac) in
          t.write (packet t ~number direction parts))
