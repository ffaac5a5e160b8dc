(* SPDX-License-Identifier: ISC *)

let octets = ref max_int
let set_limit n = octets := n
let limit () = !octets
