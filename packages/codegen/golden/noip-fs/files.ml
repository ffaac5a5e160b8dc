(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module Show (K : V1_LWT.KV_RO with type id = unit) = struct
  let show key =
    K.connect () >>= function
    | `Error _ -> Lwt.fail_with "connect"
    | `Ok t -> (
        K.size t key >>= function
        | `Error (K.Unknown_key key) -> Lwt.fail_with key
        | `Ok size -> (
            K.read t key 0 (Int64.to_int size) >|= function
            | `Error (K.Unknown_key key) -> failwith key
            | `Ok parts -> print_string (Cstruct.copyv parts)))
end

module Odd = Show (Filesystem_1_of)
module Nested = Show (Filesystem_nested)
module Inner = Show (Filesystem_inner)
module Beside = Show (Filesystem_beside)
module Top = Show (Filesystem_top)
module Above = Show (Filesystem_above)

let list () =
  Odd.show ".dot file" >>= fun () ->
  Nested.show "deep/er/page.html" >>= fun () ->
  Inner.show "er/page.html" >>= fun () ->
  Beside.show "dune" >>= fun () ->
  Top.show "dune" >>= fun () ->
  Above.show "hello.conf"
