(* SPDX-License-Identifier: ISC *)

type t = { key : string }

let create key = { key }

let initial t ~now ~local:(local_ip, local_port) ~remote:(remote_ip, remote_port) =
  let input = Bytes.create 28 in
  Bytes.blit_string t.key 0 input 0 (Int.min 16 (String.length t.key));
  Bytes.set_int32_be input 16 (Ipaddr.V4.to_int32 local_ip);
  Bytes.set_int32_be input 20 (Ipaddr.V4.to_int32 remote_ip);
  Bytes.set_uint16_be input 24 local_port;
  Bytes.set_uint16_be input 26 remote_port;
  let hash = Digest.bytes input in
  let word off = Tcp_seq.of_int32 (String.get_int32_be hash off) in
  (* The clock ticks every 4 microseconds. *)
  (Tcp_seq.add (word 0) (Tcp_seq.of_float (now /. 4.)), word 4)
