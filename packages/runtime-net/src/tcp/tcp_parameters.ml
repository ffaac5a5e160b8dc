(* SPDX-License-Identifier: ISC *)

type t = {
  mss : int;
  initial_window : int;
  initial_rto : int;
  min_rto : int;
  max_rto : int;
  connect_timeout : int;
  accept_timeout : int;
  user_timeout : int;
  min_retransmissions : int;
  keepalive_idle : int;
  keepalive_interval : int;
  keepalive_probes : int;
  delayed_ack : int;
  nagle_hold : int;
  nagle_credit : int;
  time_wait : int;
  fin_wait : int;
  abandon : int;
  min_send_buffer : int;
  max_send_buffer : int;
  min_receive_buffer : int;
  max_receive_buffer : int;
  timestamps : bool;
  sack : bool;
  congestion_control : Tcp_congestion.algorithm;
  max_half_open : int;
  max_time_wait : int;
  max_connections : int;
  max_per_peer : int;
  max_resets : int;
}

let ms n = n * 1_000
let s n = n * 1_000_000

let default =
  {
    mss = 1460;
    initial_window = 10;
    initial_rto = s 1;
    min_rto = ms 200;
    max_rto = s 60;
    connect_timeout = s 75;
    accept_timeout = s 30;
    user_timeout = s 120;
    min_retransmissions = 8;
    keepalive_idle = s 300;
    keepalive_interval = s 30;
    keepalive_probes = 6;
    delayed_ack = ms 40;
    nagle_hold = ms 5;
    nagle_credit = 4;
    time_wait = s 60;
    fin_wait = s 60;
    abandon = ms 500;
    min_send_buffer = 0x8000;
    max_send_buffer = 0x200000;
    min_receive_buffer = 0x10000;
    max_receive_buffer = 0x100000;
    timestamps = true;
    sack = true;
    congestion_control = Bbr;
    max_half_open = 1024;
    max_time_wait = 8192;
    max_connections = 0x100000;
    max_per_peer = 0x4000;
    max_resets = 500;
  }
