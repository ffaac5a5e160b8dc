(* SPDX-License-Identifier: ISC *)

let days = [| "Sun"; "Mon"; "Tue"; "Wed"; "Thu"; "Fri"; "Sat" |]

let months =
  [| "Jan"; "Feb"; "Mar"; "Apr"; "May"; "Jun"; "Jul"; "Aug"; "Sep"; "Oct"; "Nov"; "Dec" |]

let day = 86_400.

(* Years of 365.2425 days begin with March, so that a leap day is the last one of
   its year; 400 of them are an era. Day 0 is 1970-01-01. *)
let days_in_era = 146_097
let first_of_era = 719_468

let date_of_days n =
  let n = n + first_of_era in
  let era = (if n >= 0 then n else n - days_in_era + 1) / days_in_era in
  let d = n - (era * days_in_era) in
  let year = (d - (d / 1_460) + (d / 36_524) - (d / 146_096)) / 365 in
  let d = d - ((365 * year) + (year / 4) - (year / 100)) in
  let m = ((5 * d) + 2) / 153 in
  let month = if m < 10 then m + 3 else m - 9 in
  let year = year + (era * 400) + if month <= 2 then 1 else 0 in
  (year, month, d - (((153 * m) + 2) / 5) + 1)

let days_of_date year month mday =
  let year = if month <= 2 then year - 1 else year in
  let era = (if year >= 0 then year else year - 399) / 400 in
  let y = year - (era * 400) in
  let m = if month > 2 then month - 3 else month + 9 in
  let d = (((153 * m) + 2) / 5) + mday - 1 in
  (era * days_in_era) + (y * 365) + (y / 4) - (y / 100) + d - first_of_era

let to_string seconds =
  let n = int_of_float (Float.floor (seconds /. day)) in
  let s = int_of_float (seconds -. (float_of_int n *. day)) in
  let year, month, mday = date_of_days n in
  Printf.sprintf "%s, %02d %s %04d %02d:%02d:%02d GMT"
    days.((((n + 4) mod 7) + 7) mod 7)
    mday
    months.(month - 1)
    year (s / 3600) (s / 60 mod 60) (s mod 60)

(* {2 Reading} *)

let index_of name table =
  let rec from i =
    if i = Array.length table then None
    else if table.(i) = name then Some i
    else from (i + 1)
  in
  from 0

let number s =
  if s <> "" && String.for_all Grammar.is_digit s then int_of_string_opt ("0u" ^ s)
  else None

let two s = if String.length s = 2 then number s else None

let time_of_day s =
  match List.map two (String.split_on_char ':' s) with
  | [ Some h; Some m; Some s ] when h < 24 && m < 60 && s <= 60 ->
      Some ((3600 * h) + (60 * m) + s)
  | _ -> None

let ( let* ) = Option.bind

let assemble ~year ~month ~mday ~time =
  let* month = index_of month months in
  let* year = year in
  let* mday = mday in
  let* time = time_of_day time in
  let n = days_of_date year (month + 1) mday in
  (* What does not come back was no day of the calendar. *)
  if date_of_days n = (year, month + 1, mday) then
    Some ((float_of_int n *. day) +. float_of_int time)
  else None

let century ~now year =
  let today, _, _ = date_of_days (int_of_float (Float.floor (now /. day))) in
  let candidate = today - (today mod 100) + year in
  if candidate > today + 50 then candidate - 100 else candidate

let long_days =
  [| "Sunday"; "Monday"; "Tuesday"; "Wednesday"; "Thursday"; "Friday"; "Saturday" |]

let of_string ?(now = 0.) s =
  match String.split_on_char ' ' s with
  | [ weekday; mday; month; year; time; "GMT" ]
    when String.length weekday = 4 && weekday.[3] = ',' ->
      let* _ = index_of (String.sub weekday 0 3) days in
      let year = if String.length year = 4 then number year else None in
      assemble ~year ~month ~mday:(two mday) ~time
  | [ weekday; date; time; "GMT" ] when String.ends_with ~suffix:"," weekday -> (
      let* _ =
        index_of (String.sub weekday 0 (String.length weekday - 1)) long_days
      in
      match String.split_on_char '-' date with
      | [ mday; month; year ] ->
          let year = Option.map (century ~now) (two year) in
          assemble ~year ~month ~mday:(two mday) ~time
      | _ -> None)
  | weekday :: month :: rest -> (
      let* _ = index_of weekday days in
      let year y = if String.length y = 4 then number y else None in
      match rest with
      | [ ""; mday; time; y ] when String.length mday = 1 ->
          assemble ~year:(year y) ~month ~mday:(number mday) ~time
      | [ mday; time; y ] -> assemble ~year:(year y) ~month ~mday:(two mday) ~time
      | _ -> None)
  | _ -> None
