(* SPDX-License-Identifier: ISC *)

module Serve (CH : V1_LWT.CHANNEL) = HTTP.Make (CH)
module On_stack (S : V1_LWT.STACKV4) = Http_stack.Make (S)
module Files (KV : V1_LWT.KV_RO) = HTTP.Static (KV)

let () = ignore (HTTP.mime_type "index.html")
