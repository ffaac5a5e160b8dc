(* SPDX-License-Identifier: ISC *)

type t = { key : string }

let create key = { key }

let initial t ~now endpoints =
  let hash = Digest.string (t.key ^ endpoints) in
  let word off = Tcp_seq.of_int32 (String.get_int32_be hash off) in
  (* The clock ticks every 4 microseconds. *)
  (Tcp_seq.add (word 0) (Tcp_seq.of_float (now /. 4.)), word 4)
