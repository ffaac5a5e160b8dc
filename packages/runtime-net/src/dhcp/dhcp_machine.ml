(* SPDX-License-Identifier: ISC *)

type lease = {
  address : Ipaddr.V4.t;
  netmask : Ipaddr.V4.t;
  gateways : Ipaddr.V4.t list;
  server : Ipaddr.V4.t;
  renewal : float;
  rebinding : float;
  expiry : float;
  name_servers : Ipaddr.V4.t list;
  domains : string list;
  host_name : string option;
  mtu : int option;
}

type state =
  | Selecting of { tries : int }
  | Requesting of { offer : Ipaddr.V4.t; server : Ipaddr.V4.t; tries : int }
  | Probing of { lease : lease; probes : int }
      (** asking whether somebody has the address *)
  | Declined  (** the address was somebody else's *)
  | Bound of lease
  | Renewing of { lease : lease; age : float }
      (** [age]: seconds of the lease that are over *)
  | Rebinding of { lease : lease; age : float }

type t = {
  mac : Macaddr.t;
  random : int -> int;
  xid : int32;
  state : state;
  wait : float;
  elapsed : float;  (** since the first message of the exchange *)
}

type action =
  | Send of { dst : Ipaddr.V4.t; request : Dhcp_wire.request }
  | Probe of Ipaddr.V4.t
  | Configure of lease
  | Deconfigure

let max_requests = 4

(* RFC 5227, section 1.1, asks for three probes within 4 to 7 seconds, in which a program
   would serve nobody. Whoever has the address answers within milliseconds, and is heard
   later as well ({!conflict}). *)
let max_probes = 3
let probe_interval = 0.1

(* RFC 2131, section 3.1. *)
let declined_wait = 10.

let default_lease_time = 3600
let default_netmask = Ipaddr.V4.of_string_exn "255.255.255.0"

(* RFC 2131, section 4.4.5. *)
let min_renewal_wait = 60.

let wait t = t.wait

let create ~mac ~random =
  { mac; random; xid = 0l; state = Selecting { tries = 0 }; wait = 0.; elapsed = 0. }

let fresh_xid t =
  Int32.logor
    (Int32.shift_left (Int32.of_int (t.random 0x10000)) 16)
    (Int32.of_int (t.random 0x10000))

(* Doubles up to a minute, give or take half a second, as servers may all have
   lost the same message (RFC 2131, section 4.1). *)
let back_off t tries =
  Float.of_int (1 lsl min tries 6) +. (Float.of_int (t.random 1000) /. 1000.) -. 0.5

let request t kind : Dhcp_wire.request =
  {
    kind;
    xid = t.xid;
    mac = t.mac;
    seconds = int_of_float t.elapsed;
    client = Ipaddr.V4.any;
    requested = None;
    server = None;
  }

let discover t tries =
  let t = { t with state = Selecting { tries }; wait = back_off t tries } in
  (t, [ Send { dst = Ipaddr.V4.broadcast; request = request t Discover } ])

let start t = discover { t with xid = fresh_xid t; elapsed = 0. } 0

let ask_for t ~offer ~server tries =
  let t =
    { t with state = Requesting { offer; server; tries }; wait = back_off t tries }
  in
  let request =
    { (request t Request) with requested = Some offer; server = Some server }
  in
  (t, [ Send { dst = Ipaddr.V4.broadcast; request } ])

let extend t (lease : lease) dst =
  Send { dst; request = { (request t Request) with client = lease.address } }

(* Half of what is left, so that several requests fit in. *)
let renewal_wait ~age ~until =
  Float.min (until -. age) (Float.max min_renewal_wait ((until -. age) /. 2.))

let renew t lease age =
  let wait = renewal_wait ~age ~until:lease.rebinding in
  let t = { t with state = Renewing { lease; age }; wait } in
  (t, [ extend t lease lease.server ])

let rebind t lease age =
  let wait = renewal_wait ~age ~until:lease.expiry in
  let t = { t with state = Rebinding { lease; age }; wait } in
  (t, [ extend t lease Ipaddr.V4.broadcast ])

let lose_address t =
  let t, actions = start t in
  (t, Deconfigure :: actions)

let probe t (lease : lease) probes =
  let t = { t with state = Probing { lease; probes }; wait = probe_interval } in
  (t, [ Probe lease.address ])

let bind t (lease : lease) =
  ({ t with state = Bound lease; wait = lease.renewal }, [ Configure lease ])

let timeout t =
  let t = { t with elapsed = t.elapsed +. t.wait } in
  match t.state with
  | Selecting { tries } -> discover t (tries + 1)
  | Requesting { tries; _ } when tries + 1 >= max_requests -> start t
  | Requesting { offer; server; tries } -> ask_for t ~offer ~server (tries + 1)
  | Probing { lease; probes } when probes < max_probes -> probe t lease (probes + 1)
  | Probing { lease; _ } -> bind t lease
  | Declined -> start t
  | Bound lease ->
    renew { t with xid = fresh_xid t; elapsed = 0. } lease lease.renewal
  | Renewing { lease; age } ->
    let age = age +. t.wait in
    if age < lease.rebinding then renew t lease age else rebind t lease age
  | Rebinding { lease; age } ->
    let age = age +. t.wait in
    if age < lease.expiry then rebind t lease age else lose_address t

(* What one host on a link can have: not "this" network, loopback, multicast, reserved or
   broadcast (RFC 1122, section 3.2.1.3; RFC 1112, section 4). *)
let is_host ip =
  match Char.code (Ipaddr.V4.to_octets ip).[0] with
  | 0 | 127 -> false
  | first -> first < 224

(* Ones, then zeros: [rest] is 2^n - 1. *)
let is_netmask mask =
  let rest = Int32.lognot (Ipaddr.V4.to_int32 mask) in
  Int32.logand rest (Int32.succ rest) = 0l && not (Ipv4_address.is_any mask)

(* Not the network itself, nor its broadcast address, but in networks of two or one
   (RFC 3021). *)
let is_host_in ~netmask ip =
  let host_bits = Int32.lognot (Ipaddr.V4.to_int32 netmask) in
  let host = Int32.logand (Ipaddr.V4.to_int32 ip) host_bits in
  is_host ip
  && (host_bits = 0l || host_bits = 1l || (host <> 0l && host <> host_bits))

(* Times that make no sense together are replaced by the usual fractions. *)
let lease_of (r : Dhcp_wire.reply) ~server =
  let duration = Option.value r.lease_time ~default:default_lease_time in
  let expiry = if duration = max_int then infinity else Float.of_int (max 1 duration) in
  let usual fraction = if expiry = infinity then infinity else expiry *. fraction in
  let given time ~fraction =
    match time with
    | Some n when n > 0 && Float.of_int n < expiry -> Float.of_int n
    | Some _ | None -> usual fraction
  in
  let renewal = given r.renewal_time ~fraction:0.5 in
  let rebinding = given r.rebinding_time ~fraction:0.875 in
  let renewal, rebinding =
    if renewal < rebinding then (renewal, rebinding) else (usual 0.5, usual 0.875)
  in
  let netmask =
    match r.netmask with
    | Some mask when is_netmask mask -> mask
    | Some _ | None -> default_netmask
  in
  let is_gateway ip = is_host ip && not (Ipv4_address.equal ip r.address) in
  {
    address = r.address;
    netmask;
    gateways = List.filter is_gateway r.gateways;
    server;
    renewal;
    rebinding;
    expiry;
    name_servers = List.filter is_host r.name_servers;
    domains = r.domains;
    host_name = r.host_name;
    mtu = r.mtu;
  }

let decline t (lease : lease) =
  let t = { t with state = Declined; wait = declined_wait } in
  let request =
    {
      (request t Decline) with
      requested = Some lease.address;
      server = Some lease.server;
    }
  in
  (t, [ Send { dst = Ipaddr.V4.broadcast; request } ])

let conflict t ip =
  match t.state with
  | Probing { lease; _ } when Ipv4_address.equal lease.address ip ->
    Some (decline t lease)
  | (Bound lease | Renewing { lease; _ } | Rebinding { lease; _ })
    when Ipv4_address.equal lease.address ip ->
    let t, actions = decline t lease in
    Some (t, Deconfigure :: actions)
  | Selecting _ | Requesting _ | Probing _ | Declined | Bound _ | Renewing _
  | Rebinding _ ->
    None

let for_us t (r : Dhcp_wire.reply) =
  Int32.equal r.xid t.xid && Macaddr.compare r.mac t.mac = 0

let receive t (r : Dhcp_wire.reply) =
  if not (for_us t r) then None
  else
    match (t.state, r.kind, r.server) with
    | Selecting _, Offer, Some server when is_host r.address ->
      Some (ask_for t ~offer:r.address ~server 0)
    | Requesting { server; _ }, Ack, Some from
      when Ipv4_address.equal server from ->
      let lease = lease_of r ~server in
      if is_host_in ~netmask:lease.netmask lease.address then Some (probe t lease 1)
      else None
    | Requesting { server; _ }, Nak, Some from
      when Ipv4_address.equal server from ->
      Some (start t)
    | (Renewing { lease; _ } | Rebinding { lease; _ }), Ack, from
      when Ipv4_address.equal r.address lease.address ->
      Some (bind t (lease_of r ~server:(Option.value from ~default:lease.server)))
    | (Renewing _ | Rebinding _), Nak, _ -> Some (lose_address t)
    | ( ( Selecting _ | Requesting _ | Probing _ | Declined | Bound _ | Renewing _
        | Rebinding _ ), _, _ ) ->
      None
