(* SPDX-License-Identifier: ISC *)

type t = { per_second : int; mutable since : float; mutable done_ : int }

let create ~per_second = { per_second; since = neg_infinity; done_ = 0 }
let second = 1e6

let allows t ~now =
  if now -. t.since >= second then begin
    t.since <- now;
    t.done_ <- 0
  end;
  t.done_ < t.per_second
  && begin
       t.done_ <- t.done_ + 1;
       true
     end
