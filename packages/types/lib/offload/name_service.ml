(* SPDX-License-Identifier: ISC *)

type t = { servers : Ipaddr.t list; domains : string list }

let none = { servers = []; domains = [] }
let told : (string * t) list ref = ref []

let tell ~source t =
  if List.mem_assoc source !told then
    told := List.map (fun (s, before) -> (s, if s = source then t else before)) !told
  else told := !told @ [ (source, t) ]

let once list =
  let add kept x = if List.mem x kept then kept else x :: kept in
  List.rev (List.fold_left add [] list)

let known () =
  let all f = once (List.concat_map (fun (_, t) -> f t) !told) in
  { servers = all (fun t -> t.servers); domains = all (fun t -> t.domains) }
