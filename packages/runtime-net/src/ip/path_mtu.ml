(* SPDX-License-Identifier: ISC *)

module Table = Hashtbl.Make (Ipv6_address)

type entry = { octets : int; until : float }
type t = entry Table.t

let max_entries = 256
let lifetime = 600.
let create () = Table.create 8

let make_room t =
  if Table.length t >= max_entries then
    let sooner dst entry = function
      | Some (_, until) as first when until <= entry.until -> first
      | Some _ | None -> Some (dst, entry.until)
    in
    Option.iter (fun (dst, _) -> Table.remove t dst) (Table.fold sooner t None)

let reduce t ~now dst octets =
  if octets >= Ipv6_wire.min_mtu then begin
    if not (Table.mem t dst) then make_room t;
    Table.replace t dst { octets; until = now +. lifetime }
  end

let get t ~now dst ~link =
  if Table.length t = 0 then link
  else
    match Table.find_opt t dst with
    | Some { octets; until } when until > now -> Int.min link octets
    | Some _ ->
      Table.remove t dst;
      link
    | None -> link
