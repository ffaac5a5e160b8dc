(* SPDX-License-Identifier: ISC *)

type tm = {
  tm_sec : int;
  tm_min : int;
  tm_hour : int;
  tm_mday : int;
  tm_mon : int;
  tm_year : int;
  tm_wday : int;
  tm_yday : int;
  tm_isdst : bool;
}

let time = Mirage_runtime_js_host.Host.now

external gmtime : float -> tm = "mirage_js_gmtime"
