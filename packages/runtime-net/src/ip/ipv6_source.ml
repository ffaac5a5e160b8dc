(* SPDX-License-Identifier: ISC *)

(* Prefix, its length, precedence, label: RFC 6724, section 2.1, longest first. *)
let policies =
  List.map
    (fun (prefix, length, precedence, label) ->
      (Ipaddr.V6.of_string_exn prefix, length, precedence, label))
    [
      ("::1", 128, 50, 0);
      ("::ffff:0:0", 96, 35, 4);
      ("::", 96, 1, 3);
      ("2001::", 32, 5, 5);
      ("2002::", 16, 30, 2);
      ("3ffe::", 16, 1, 12);
      ("fec0::", 10, 1, 11);
      ("fc00::", 7, 3, 13);
      ("::", 0, 40, 1);
    ]

let policy ip =
  let _, _, precedence, label =
    List.find
      (fun (prefix, length, _, _) -> Ipv6_address.in_network ip ~prefix ~length)
      policies
  in
  (precedence, label)

let precedence ip = fst (policy ip)
let label ip = snd (policy ip)

(* Negative if [a] is better than [b]: the first rule that tells them apart decides. Of
   those of section 5 the rules on home addresses, interfaces and temporary addresses have
   nothing to say here. *)
let compare_for dst (a, a_deprecated) (b, b_deprecated) =
  let same ip = if Ipv6_address.equal ip dst then 0 else 1 in
  let scope = Ipv6_address.scope in
  let by_scope =
    let sa = scope a and sb = scope b and sd = scope dst in
    if sa = sb then 0
    else if sa < sb then if sa < sd then 1 else -1
    else if sb < sd then -1
    else 1
  in
  let other_label ip = if label ip = label dst then 0 else 1 in
  let bits ip = Int.min 64 (Ipv6_address.common_bits ip dst) in
  let rec first = function 0 :: rest -> first rest | n :: _ -> n | [] -> 0 in
  first
    [
      Int.compare (same a) (same b);
      by_scope;
      Bool.compare a_deprecated b_deprecated;
      Int.compare (other_label a) (other_label b);
      Int.compare (bits b) (bits a);
    ]

let choose candidates dst =
  match List.stable_sort (compare_for dst) candidates with
  | (best, _) :: _ -> Some best
  | [] -> None
