(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open V1_LWT

module Main (C : CONSOLE) (A : NETWORK) (B : NETWORK) (S : STACKV4) = struct
  module E = Ethif.Make (B)

  let start console a b stack =
    C.log console (Macaddr.to_string (A.mac a));
    Lwt.join
      [
        S.listen stack;
        B.listen b (fun frame ->
            C.log_s console (string_of_int (Cstruct.length frame)) >>= fun () ->
            B.write b frame);
      ]
end
