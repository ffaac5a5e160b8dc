(* SPDX-License-Identifier: ISC *)

type t = {
  mac : Macaddr.t;
  random : int -> int;
  asking : (int * float) option;  (** transaction, and seconds since its beginning *)
  interval : float;  (** until the last retransmission *)
  wait : float;
}

(* RFC 8415, section 7.6. *)
let max_delay = 1.
let first_interval = 1.
let max_interval = 3600.

let fraction t = float_of_int (t.random 0x10000) /. 65536.

let create ~mac ~random =
  let t = { mac; random; asking = None; interval = 0.; wait = 0. } in
  { t with wait = max_delay *. fraction t }

let wait t = t.wait

(* Doubles, give or take a tenth. *)
let next_interval t =
  let base =
    if t.interval = 0. then first_interval else Float.min max_interval (2. *. t.interval)
  in
  base *. (0.9 +. (0.2 *. fraction t))

let fresh_xid t = (t.random 0x100 lsl 16) lor t.random 0x10000

let timeout t =
  let xid, elapsed =
    match t.asking with
    | Some (xid, elapsed) -> (xid, elapsed +. t.wait)
    | None -> (fresh_xid t, 0.)
  in
  let interval = next_interval t in
  let hundredths = int_of_float (Float.min 655. elapsed *. 100.) in
  ( { t with asking = Some (xid, elapsed); interval; wait = interval },
    Dhcpv6_wire.request ~mac:t.mac ~xid ~elapsed:hundredths )

let receive t payload =
  match t.asking with
  | None -> None
  | Some (xid, _) ->
    Option.map
      (fun (information : Dhcpv6_wire.information) ->
        ({ t with asking = None; interval = 0.; wait = information.refresh }, information))
      (Dhcpv6_wire.reply ~mac:t.mac ~xid payload)
