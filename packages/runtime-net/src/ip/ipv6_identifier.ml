(* SPDX-License-Identifier: ISC *)

(* RFC 5453: subnet-router anycast, and the anycast addresses of a subnet (RFC 2526). *)
let is_reserved identifier =
  identifier = String.make 8 '\000'
  || String.sub identifier 0 7 = "\xfd\xff\xff\xff\xff\xff\xff"
     && identifier.[7] >= '\x80'

let rec make ~prefix ~mac ~secret ~attempt =
  let network = String.sub (Ipaddr.V6.to_octets prefix) 0 8 in
  let text =
    String.concat "" [ network; Macaddr.to_octets mac; string_of_int attempt; ","; secret ]
  in
  let identifier = String.sub (Digest.string (Digest.string text ^ secret)) 0 8 in
  if is_reserved identifier then make ~prefix ~mac ~secret ~attempt:(attempt + 1)
  else identifier
