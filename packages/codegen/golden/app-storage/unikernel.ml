(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open V1_LWT

module Main (C : CONSOLE) (E : ENTROPY) (A : BLOCK) (B : BLOCK) (D : BLOCK) = struct
  let start console entropy a b _ =
    (E.entropy entropy 16 >>= function
     | `Ok seed -> C.log_s console (string_of_int (Cstruct.length seed))
     | `Error (`Invalid_entropy reason) -> Lwt.fail_with reason)
    >>= fun () ->
    A.get_info a >>= fun info ->
    B.get_info b >>= fun other ->
    C.log_s console (Int64.to_string (Int64.add info.A.size_sectors other.B.size_sectors))
end
