(* SPDX-License-Identifier: ISC *)

type kind = Ethernet | Ethernet_offload | Ip | Ip_family

external kind : Unix.file_descr -> kind = "mirage_unix_tap_kind"

external leave_to_reader : Unix.file_descr -> bool -> unit
  = "mirage_unix_tap_leave_to_reader"

let header_length = 10

(* Offsets, and values, of struct virtio_net_hdr; numbers are in the machine's byte
   order. *)
let flags = 0
let gso_type = 1
let hdr_len = 2
let gso_size = 4
let csum_start = 6
let csum_offset = 8
let needs_checksum = 1
let data_valid = 2
let gso_tcpv4 = 1
let gso_tcpv6 = 4

let is_verified header =
  Cstruct.get_uint8 header flags land (needs_checksum lor data_valid) <> 0

let set16 = if Sys.big_endian then Cstruct.BE.set_uint16 else Cstruct.LE.set_uint16

let write_header header ~segment_size ~ipv6 ~tcp ~payload ~length =
  Cstruct.memset header 0;
  if segment_size > 0 then begin
    Cstruct.set_uint8 header flags needs_checksum;
    set16 header csum_start tcp;
    set16 header csum_offset 16;
    if length > segment_size then begin
      Cstruct.set_uint8 header gso_type (if ipv6 then gso_tcpv6 else gso_tcpv4);
      set16 header hdr_len payload;
      set16 header gso_size segment_size
    end
  end
