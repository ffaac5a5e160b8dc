(* SPDX-License-Identifier: ISC *)

type t = {
  config : Tcp_parameters.t;
  mutable srtt : int;  (** negative before the first sample *)
  mutable rttvar : int;
  mutable rto : int;
  mutable shift : int;
}

(* Beyond this the timeout is at its maximum anyway. *)
let max_shift = 16

let create (config : Tcp_parameters.t) =
  { config; srtt = -1; rttvar = 0; rto = config.initial_rto; shift = 0 }

let sample t rtt =
  if t.srtt < 0 then begin
    t.srtt <- rtt;
    t.rttvar <- rtt / 2
  end
  else begin
    t.rttvar <- ((3 * t.rttvar) + abs (t.srtt - rtt)) / 4;
    t.srtt <- ((7 * t.srtt) + rtt) / 8
  end;
  t.rto <-
    Int.min t.config.max_rto (t.srtt + Int.max t.config.min_rto (4 * t.rttvar));
  t.shift <- 0

let handshake_loss t =
  t.rto <- Int.max t.rto 3_000_000;
  t.shift <- 0

let back_off t = t.shift <- Int.min max_shift (t.shift + 1)
let end_back_off t = t.shift <- 0
let smoothed t = Int.max 0 t.srtt
let timeout t = Int.min t.config.max_rto (t.rto lsl t.shift)
let back_offs t = t.shift
