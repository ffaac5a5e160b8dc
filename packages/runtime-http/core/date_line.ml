(* SPDX-License-Identifier: ISC *)

let second = ref nan
let line = ref ""

let of_second seconds =
  let now = Float.floor seconds in
  if now <> !second then begin
    second := now;
    line := "date: " ^ Http_date.to_string now ^ "\r\n"
  end;
  !line
