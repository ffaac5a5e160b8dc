(* SPDX-License-Identifier: ISC *)

external fill_standard_descriptors : unit -> unit
  = "mirage_unix_standard_descriptors"

let () = fill_standard_descriptors ()

external of_int : int -> Unix.file_descr = "%identity"

external unsafe_read : Unix.file_descr -> Cstruct.buffer -> int -> int -> int
  = "mirage_unix_read"

external unsafe_writev : Unix.file_descr -> Cstruct.t list -> int
  = "mirage_unix_writev"

external unsafe_send : Unix.file_descr -> Cstruct.t list -> int
  = "mirage_unix_send"

external at_eof : Unix.file_descr -> bool = "mirage_unix_at_eof"
external ask_destination : Unix.file_descr -> unit = "mirage_unix_ask_destination"

external unsafe_recv_datagram :
  Unix.file_descr -> Cstruct.buffer -> int -> int -> Bytes.t -> int
  = "mirage_unix_recv_datagram"

external unsafe_write_shared : Unix.file_descr -> string -> int -> int -> int
  = "mirage_unix_write_shared"

external unsafe_random : Cstruct.buffer -> int -> int -> int
  = "mirage_unix_random"

let max_parts = 64

(* [n] is what a call took or, if negative, says that it would have waited. *)
let option n = if n < 0 then None else Some n

let read ?(lead = 0) fd slab max =
  Slab.reserve slab (lead + max);
  match unsafe_read fd (Slab.memory slab) (Slab.offset slab + lead) max with
  | n when n < 0 -> None
  | 0 -> Some Cstruct.empty
  | n -> Some (Slab.take slab (lead + n))

let write_packet fd parts =
  let parts =
    if List.compare_length_with parts max_parts > 0 then [ Cstruct.concat parts ]
    else parts
  in
  option (unsafe_writev fd parts)

let send fd parts = option (unsafe_send fd parts)

type datagram = {
  source : Cstruct.uint32;
  source_port : int;
  destination : Cstruct.uint32;
  payload : Cstruct.t;
}

let recv_datagram =
  let addresses = Bytes.create 10 in
  fun fd slab max ->
    Slab.reserve slab max;
    let memory = Slab.memory slab and offset = Slab.offset slab in
    match unsafe_recv_datagram fd memory offset max addresses with
    | n when n < 0 -> None
    | n ->
        Some
          {
            source = Bytes.get_int32_be addresses 0;
            source_port = Bytes.get_uint16_be addresses 4;
            destination = Bytes.get_int32_be addresses 6;
            payload = Slab.take slab n;
          }

let write_shared fd string offset length =
  if offset < 0 || length < 0 || offset > String.length string - length then
    invalid_arg "Fd.write_shared: range out of bounds"
  else option (unsafe_write_shared fd string offset length)

let rec fill_from read buffer offset length =
  if length > 0 then
    match read buffer offset length with
    | 0 -> raise End_of_file
    | n -> fill_from read buffer (offset + n) (length - n)

let read_urandom memory offset length =
  let fd = Unix.openfile "/dev/urandom" [ O_RDONLY; O_CLOEXEC ] 0 in
  Fun.protect
    ~finally:(fun () -> Unix.close fd)
    (fun () -> fill_from (unsafe_read fd) memory offset length)

let random length =
  let { Cstruct.buffer; off; len } as bytes = Cstruct.create_unsafe length in
  (try fill_from unsafe_random buffer off len
   with Unix.Unix_error (ENOSYS, _, _) -> read_urandom buffer off len);
  bytes
