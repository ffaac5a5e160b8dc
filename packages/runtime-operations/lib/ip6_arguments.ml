(* SPDX-License-Identifier: ISC *)

module Prefix = Ipaddr.V6.Prefix

type addressing = (Ipaddr.V6.t * int) list * Ipaddr.V6.t list * bool

let is_link_local ip = Ipaddr.V6.Prefix.(mem ip link)

(* Of one host, and not of the link, where each interface has one of its own. *)
let is_host ip =
  (not (Ipaddr.V6.is_multicast ip || is_link_local ip))
  && Ipaddr.V6.compare ip Ipaddr.V6.unspecified <> 0
  && Ipaddr.V6.compare ip Ipaddr.V6.localhost <> 0

let cidr_of text =
  match Prefix.of_string text with
  | Ok cidr when is_host (Prefix.address cidr) && Prefix.bits cidr > 0 ->
      Some (Prefix.address cidr, Prefix.bits cidr)
  | Ok _ | Error _ -> None

let router_of text =
  match Ipaddr.V6.of_string text with
  | Ok ip when is_host ip || is_link_local ip -> Some ip
  | Ok _ | Error _ -> None

let address =
  Argument.optional
    (Argument.kind "an IPv6 address and its network, such as 2001:db8::2/64" cidr_of)
    ~doc:"IPv6 address" "ip6-address"

let gateway =
  Argument.optional
    (Argument.kind "an IPv6 address such as fe80::1" router_of)
    ~doc:"router for IPv6" "ip6-gateway"

let slaac =
  Argument.optional Argument.bool ~doc:"take addresses of what routers advertise"
    "ip6-use-slaac"

let is_near router networks =
  is_link_local router
  || List.exists (fun (ip, bits) -> Prefix.mem router (Prefix.make bits ip)) networks

let combine address gateway slaac (built_in, routers, uses_slaac) =
  let addresses = match address with Some address -> [ address ] | None -> built_in in
  let slaac = Option.value ~default:uses_slaac slaac in
  match gateway with
  | Some router when addresses <> [] && not (is_near router addresses) ->
      Error
        (Printf.sprintf "--ip6-gateway: %s is outside of the network of %s"
           (Ipaddr.V6.to_string router)
           (Ipaddr.V6.to_string (fst (List.hd addresses))))
  | Some router -> Ok (addresses, [ router ], slaac)
  | None -> Ok (addresses, List.filter (fun router -> is_near router addresses) routers, slaac)

let addressing built_in =
  match combine (address ()) (gateway ()) (slaac ()) built_in with
  | Ok addressing -> addressing
  | Error why ->
      prerr_endline why;
      exit 2
