(* SPDX-License-Identifier: ISC *)

type addressing = [ `DHCP | `IPv4 of Ipaddr.V4.t * Ipaddr.V4.t * Ipaddr.V4.t list ]
type way = Dhcp | Static of Ipaddr.V4.t * Ipaddr.V4.t option

let address_of text = Result.to_option (Ipaddr.V4.of_string text)

let way_of text =
  match (text, address_of text, Ipaddr.V4.Prefix.of_string text) with
  | "dhcp", _, _ -> Some Dhcp
  | _, Some address, _ -> Some (Static (address, None))
  | _, None, Ok prefix ->
      Some (Static (Ipaddr.V4.Prefix.address prefix, Some (Ipaddr.V4.Prefix.netmask prefix)))
  | _, None, Error _ -> None

let way =
  Argument.optional
    (Argument.kind "an IPv4 address, one such as 10.0.0.2/24, or dhcp" way_of)
    ~doc:"IPv4 address, or dhcp" "ip-address"

(* Ones, then zeros. *)
let netmask_of text =
  match address_of text with
  | Some mask when Result.is_ok (Ipaddr.V4.Prefix.of_netmask ~netmask:mask ~address:mask) ->
      Some mask
  | _ -> None

let netmask =
  Argument.optional
    (Argument.kind "a netmask such as 255.255.255.0" netmask_of)
    ~doc:"netmask of its network" "ip-netmask"

let gateway =
  Argument.optional Argument.address ~doc:"gateway of its network" "ip-gateway"

let is_in_network gateway ~address ~netmask =
  match Ipaddr.V4.Prefix.of_netmask ~netmask ~address with
  | Ok prefix ->
      (* On a network of one address, the gateway is asked for on the link. *)
      Ipaddr.V4.Prefix.bits prefix = 32 || Ipaddr.V4.Prefix.mem gateway prefix
  | Error _ -> false

let outside gateway address =
  Error
    (Printf.sprintf "--ip-gateway: %s is outside of the network of %s"
       (Ipaddr.V4.to_string gateway) (Ipaddr.V4.to_string address))

let combine way netmask gateway (built_in : addressing) : (addressing, string) result =
  let static address netmask gateways =
    match gateway with
    | Some gateway when is_in_network gateway ~address ~netmask ->
        Ok (`IPv4 (address, netmask, [ gateway ]))
    | Some gateway -> outside gateway address
    | None ->
        Ok (`IPv4 (address, netmask, List.filter (is_in_network ~address ~netmask) gateways))
  in
  match (way, netmask, gateway, built_in) with
  | Some Dhcp, None, None, _ -> Ok `DHCP
  | Some Dhcp, _, _, _ ->
      Error "--ip-address dhcp: with DHCP, the server says what netmask and gateway are"
  | Some (Static (_, Some _)), Some _, _, _ ->
      Error "--ip-netmask: --ip-address has the size of the network already"
  | Some (Static (address, Some netmask)), None, _, `IPv4 (_, _, gateways) ->
      static address netmask gateways
  | Some (Static (address, Some netmask)), None, _, `DHCP -> static address netmask []
  | Some (Static (address, None)), _, _, `IPv4 (_, built_in, gateways) ->
      static address (Option.value ~default:built_in netmask) gateways
  | Some (Static (address, None)), Some netmask, _, `DHCP -> static address netmask []
  | Some (Static (address, None)), None, _, `DHCP ->
      Error
        (Printf.sprintf "--ip-netmask is missing: write --ip-address %s/24, for example"
           (Ipaddr.V4.to_string address))
  | None, None, None, built_in -> Ok built_in
  | None, _, _, `DHCP -> Error "--ip-address is missing: without it, DHCP says all the rest"
  | None, _, _, `IPv4 (address, built_in, gateways) ->
      static address (Option.value ~default:built_in netmask) gateways

let addressing built_in =
  match combine (way ()) (netmask ()) (gateway ()) built_in with
  | Ok addressing -> addressing
  | Error why ->
      prerr_endline why;
      exit 2
