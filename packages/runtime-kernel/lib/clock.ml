(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_core

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

let time () = float_of_int (Kernel.wall_base () + Kernel.monotonic ()) *. 1e-9
let div a b = if a >= 0 then a / b else ((a + 1) / b) - 1
let modulo a b = a - (b * div a b)

(* Days from 1970-01-01 to the first of January. *)
let days_before year =
  let y = year - 1 in
  (365 * (year - 1970)) + (div y 4 - div y 100 + div y 400) - 477

let is_leap year = (year mod 4 = 0 && year mod 100 <> 0) || year mod 400 = 0

let month_lengths year =
  [ 31; (if is_leap year then 29 else 28); 31; 30; 31; 30; 31; 31; 30; 31; 30; 31 ]

let rec month_and_day month day = function
  | length :: rest when day >= length -> month_and_day (month + 1) (day - length) rest
  | _ -> (month, day + 1)

(* 146,097 days are 400 years: a guess at most one year too early or late. *)
let year_of days =
  let guess = 1970 + div (days * 400) 146_097 in
  if days_before guess > days then guess - 1
  else if days_before (guess + 1) <= days then guess + 1
  else guess

let gmtime seconds =
  let seconds = int_of_float (Float.floor seconds) in
  let days = div seconds 86_400 and second = modulo seconds 86_400 in
  let year = year_of days in
  let yday = days - days_before year in
  let month, mday = month_and_day 0 yday (month_lengths year) in
  {
    tm_sec = second mod 60;
    tm_min = second / 60 mod 60;
    tm_hour = second / 3600;
    tm_mday = mday;
    tm_mon = month;
    tm_year = year - 1900;
    tm_wday = modulo (days + 4) 7;
    tm_yday = yday;
    tm_isdst = false;
  }
