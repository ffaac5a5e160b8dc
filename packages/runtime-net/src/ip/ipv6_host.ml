(* SPDX-License-Identifier: ISC *)

type origin = Configured | Link_local | Advertised of Ipaddr.V6.t  (** of this prefix *)
type standing = Tentative | Preferred | Deprecated

type address = {
  ip : Ipaddr.V6.t;
  origin : origin;
  attempt : int;
  mutable standing : standing;
  mutable asked : bool;
  mutable settled_at : float;  (** when the question goes, then when it counts as answered *)
  mutable preferred_until : float;
  mutable valid_until : float;
}

type network = { prefix : Ipaddr.V6.t; length : int; mutable until : float }
type router = { router : Ipaddr.V6.t; mutable expires : float }

type t = {
  mac : Macaddr.t;
  secret : string;
  mutable slaac : bool;
  random : unit -> float;
  mutable addresses : address list;  (** newest first *)
  mutable networks : network list;
  mutable configured : Ipaddr.V6.t list;
  mutable routers : router list;  (** the preferred one first *)
  mutable solicitations : int;  (** sent so far *)
  mutable solicit_at : float;
  mutable dhcp_asked : bool;
  mutable names_until : float;
  mutable names : Ipaddr.V6.t list * string list;
  mutable mtu : int;
  mutable hop_limit : int;
  mutable reachable_time : float option;
}

type action =
  | Solicit of Ipaddr.V6.t
  | Solicit_routers
  | Join of Ipaddr.V6.t
  | Leave of Ipaddr.V6.t
  | Assigned of Ipaddr.V6.t
  | Withdrawn of Ipaddr.V6.t
  | Duplicate of Ipaddr.V6.t
  | Ask_dhcp
  | Names of { servers : Ipaddr.V6.t list; domains : string list }

let max_addresses = 16
let max_networks = 16
let max_routers = 8
let max_names = 8
let max_mtu = 1500

(* RFC 4861, section 10; RFC 4862, section 5.1. *)
let max_solicitations = 3
let solicitation_interval = 4.
let retransmission = 1.

(* RFC 7217, section 6. *)
let max_attempts = 3

(* RFC 4862, section 5.5.3 e: shorter lifetimes than this are not taken at once from whom
   nobody knows. *)
let two_hours = 7200.

let create ~mac ~secret ~random =
  {
    mac;
    secret;
    slaac = false;
    random;
    addresses = [];
    networks = [];
    configured = [];
    routers = [];
    solicitations = 0;
    solicit_at = infinity;
    dhcp_asked = false;
    names_until = infinity;
    names = ([], []);
    mtu = max_mtu;
    hop_limit = 64;
    reachable_time = None;
  }

let find t ip = List.find_opt (fun a -> Ipv6_address.equal a.ip ip) t.addresses
let addresses t = List.map (fun a -> (a.ip, a.standing)) t.addresses

let owns t ip =
  match find t ip with
  | Some { standing = Preferred | Deprecated; _ } -> true
  | Some { standing = Tentative; _ } | None -> false

let is_tentative t ip =
  match find t ip with
  | Some { standing = Tentative; _ } -> true
  | Some _ | None -> false

let is_on_link t ip =
  Ipv6_address.is_link_local ip
  || List.exists
       (fun n -> Ipv6_address.in_network ip ~prefix:n.prefix ~length:n.length)
       t.networks

let gateways t = t.configured @ List.map (fun r -> r.router) t.routers
let set_gateways t gateways = t.configured <- gateways
let mtu t = t.mtu
let hop_limit t = t.hop_limit
let reachable_time t = t.reachable_time

let demote t ip =
  let configured_last, configured = List.partition (Ipv6_address.equal ip) t.configured in
  t.configured <- configured @ configured_last;
  let last, others = List.partition (fun r -> Ipv6_address.equal r.router ip) t.routers in
  t.routers <- others @ last

(* {1 Addresses} *)

(* Two addresses can have the same group. *)
let group_of = Ipv6_address.solicited_node

let begin_address t ~now ~origin ~attempt ?(preferred = infinity) ?(valid = infinity) ip =
  if List.length t.addresses >= max_addresses || Option.is_some (find t ip) then []
  else begin
    let address =
      {
        ip;
        origin;
        attempt;
        standing = Tentative;
        asked = false;
        settled_at = now +. t.random ();
        preferred_until = preferred;
        valid_until = valid;
      }
    in
    t.addresses <- address :: t.addresses;
    [ Join (group_of ip) ]
  end

let make t ~now ~origin ~attempt ?preferred ?valid prefix =
  let identifier = Ipv6_identifier.make ~prefix ~mac:t.mac ~secret:t.secret ~attempt in
  begin_address t ~now ~origin ~attempt ?preferred ?valid
    (Ipv6_address.with_identifier prefix identifier)

let use_slaac t ~now =
  if not t.slaac then begin
    t.slaac <- true;
    t.solicit_at <- now +. t.random ()
  end

let start t ~now =
  make t ~now ~origin:Link_local ~attempt:0 Ipv6_address.link_local_prefix

let know_network t prefix ~length ~until =
  let is_it n = n.length = length && Ipv6_address.equal n.prefix prefix in
  match List.find_opt is_it t.networks with
  | Some network -> network.until <- until
  | None ->
    if List.length t.networks < max_networks then
      t.networks <- { prefix; length; until } :: t.networks

let add t ~now ip ~length =
  know_network t ip ~length ~until:infinity;
  begin_address t ~now ~origin:Configured ~attempt:0 ip

let drop t address =
  t.addresses <- List.filter (fun a -> a != address) t.addresses;
  let group = group_of address.ip in
  let shared = List.exists (fun a -> Ipv6_address.equal (group_of a.ip) group) t.addresses in
  (if address.standing = Tentative then [] else [ Withdrawn address.ip ])
  @ if shared then [] else [ Leave group ]

let remove t ip = match find t ip with Some address -> drop t address | None -> []

let again t ~now address =
  let attempt = address.attempt + 1 in
  if attempt > max_attempts then []
  else
    match address.origin with
    | Configured -> []
    | Link_local ->
      make t ~now ~origin:Link_local ~attempt Ipv6_address.link_local_prefix
    | Advertised prefix ->
      make t ~now ~origin:address.origin ~attempt ~preferred:address.preferred_until
        ~valid:address.valid_until prefix

let claimed t ~now ip =
  match find t ip with
  | Some ({ standing = Tentative; _ } as address) ->
    let left = drop t address in
    (Duplicate ip :: left) @ again t ~now address
  | Some { standing = Preferred | Deprecated; _ } | None -> []

(* {1 Routers} *)

let take_router t ~now ~router lifetime =
  let others = List.filter (fun r -> not (Ipv6_address.equal r.router router)) t.routers in
  if lifetime = 0. then t.routers <- others
  else
    match List.find_opt (fun r -> Ipv6_address.equal r.router router) t.routers with
    | Some known -> known.expires <- now +. lifetime
    | None ->
      if List.length t.routers < max_routers then
        t.routers <- t.routers @ [ { router; expires = now +. lifetime } ]

let extend ~now address ~valid ~preferred =
  let left = address.valid_until -. now in
  if valid > two_hours || valid > left then address.valid_until <- now +. valid
  else if left > two_hours then address.valid_until <- now +. two_hours;
  address.preferred_until <- now +. preferred;
  if address.standing = Deprecated && preferred > 0. then address.standing <- Preferred

let take_prefix t ~now (p : Icmpv6_wire.prefix) =
  let usable =
    not (Ipv6_address.is_link_local p.prefix || Ipv6_address.is_multicast p.prefix)
  in
  if usable && p.on_link then begin
    if p.valid = 0. then
      t.networks <-
        List.filter
          (fun n ->
            n.until = infinity
            || not (n.length = p.length && Ipv6_address.equal n.prefix p.prefix))
          t.networks
    else know_network t p.prefix ~length:p.length ~until:(now +. p.valid)
  end;
  if usable && t.slaac && p.autonomous && p.length = 64 && p.preferred <= p.valid then
    let made_of_it a =
      match a.origin with
      | Advertised prefix -> Ipv6_address.common_bits prefix p.prefix >= 64
      | Configured | Link_local -> false
    in
    match List.find_opt made_of_it t.addresses with
    | Some address ->
      extend ~now address ~valid:p.valid ~preferred:p.preferred;
      []
    | None when p.valid > 0. ->
      make t ~now ~origin:(Advertised p.prefix) ~attempt:0
        ~preferred:(now +. p.preferred) ~valid:(now +. p.valid) p.prefix
    | None -> []
  else []

let rec first n = function x :: rest when n > 0 -> x :: first (n - 1) rest | _ -> []

let take_names t ~now (a : Icmpv6_wire.advertisement) =
  let given = function
    | Some (list, lifetime) when lifetime > 0. -> (first max_names list, lifetime)
    | Some _ | None -> ([], infinity)
  in
  if Option.is_none a.servers && Option.is_none a.domains then []
  else begin
    let servers, servers_for = given a.servers in
    let domains, domains_for = given a.domains in
    t.names_until <- now +. Float.min servers_for domains_for;
    if t.names = (servers, domains) then []
    else begin
      t.names <- (servers, domains);
      [ Names { servers; domains } ]
    end
  end

(* What a server says of addresses is left to those that routers' prefixes give. *)
let take_flags t (a : Icmpv6_wire.advertisement) =
  if (a.other || a.managed) && not t.dhcp_asked then begin
    t.dhcp_asked <- true;
    [ Ask_dhcp ]
  end
  else []

let advertised t ~now ~router (a : Icmpv6_wire.advertisement) =
  if not t.slaac then []
  else begin
    t.solicit_at <- infinity;
    take_router t ~now ~router a.lifetime;
    if a.hop_limit > 0 then t.hop_limit <- a.hop_limit;
    if a.reachable > 0 then
      t.reachable_time <- Some (Float.min 3600. (float_of_int a.reachable /. 1000.));
    (match a.mtu with
     | Some mtu when mtu >= Ipv6_wire.min_mtu && mtu <= max_mtu -> t.mtu <- mtu
     | Some _ | None -> ());
    let made = List.concat_map (take_prefix t ~now) (first max_networks a.prefixes) in
    made @ take_names t ~now a @ take_flags t a
  end

(* {1 Time} *)

let due a =
  match a.standing with
  | Tentative -> Float.min a.settled_at a.valid_until
  | Preferred -> Float.min a.preferred_until a.valid_until
  | Deprecated -> a.valid_until

let next t =
  let earliest f list at = List.fold_left (fun at x -> Float.min at (f x)) at list in
  Float.min t.solicit_at t.names_until
  |> earliest due t.addresses
  |> earliest (fun r -> r.expires) t.routers
  |> earliest (fun n -> n.until) t.networks

let age t ~now a =
  if a.valid_until <= now then drop t a
  else
    match a.standing with
    | Tentative when a.settled_at > now -> []
    | Tentative when not a.asked ->
      a.asked <- true;
      a.settled_at <- now +. retransmission;
      [ Solicit a.ip ]
    | Tentative ->
      a.standing <- (if a.preferred_until <= now then Deprecated else Preferred);
      [ Assigned a.ip ]
    | Preferred when a.preferred_until <= now ->
      a.standing <- Deprecated;
      []
    | Preferred | Deprecated -> []

let solicit t ~now =
  if t.solicit_at > now then []
  else begin
    t.solicitations <- t.solicitations + 1;
    t.solicit_at <-
      (if t.solicitations < max_solicitations then now +. solicitation_interval
       else infinity);
    [ Solicit_routers ]
  end

let forget_names t ~now =
  if t.names_until > now then []
  else begin
    t.names_until <- infinity;
    t.names <- ([], []);
    [ Names { servers = []; domains = [] } ]
  end

let tick t ~now =
  t.routers <- List.filter (fun r -> r.expires > now) t.routers;
  t.networks <- List.filter (fun n -> n.until > now) t.networks;
  let aged = List.concat_map (age t ~now) (List.rev t.addresses) in
  let asked = solicit t ~now in
  aged @ asked @ forget_names t ~now
