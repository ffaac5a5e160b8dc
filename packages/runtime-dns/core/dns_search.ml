(* SPDX-License-Identifier: ISC *)

let candidates ~search text =
  Result.map
    (fun name ->
      let below = List.filter_map (Dns_name.append name) search in
      match Dns_name.shape text with
      | `Absolute -> [ name ]
      | `Dotted -> name :: below
      | `Single -> below @ [ name ])
    (Dns_name.of_host text)

let loopback = [ Ipaddr.V4 Ipaddr.V4.localhost; Ipaddr.V6 Ipaddr.V6.localhost ]

let is_localhost text =
  match Dns_name.of_host (String.lowercase_ascii text) with
  | Ok name -> (
      match List.rev (name :> string list) with
      | "localhost" :: _ -> true
      | _ -> false)
  | Error _ -> false

let own text =
  match Ipaddr.of_string text with
  | Ok address -> Some [ address ]
  | Error _ -> if is_localhost text then Some loopback else None
