(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open V1_LWT

module Main (C : CONSOLE) (F : FS) = struct
  let start console fs =
    F.listdir fs "/" >>= function
    | `Ok names -> C.log_s console (String.concat " " names)
    | `Error _ -> Lwt.fail_with "listdir"
end
