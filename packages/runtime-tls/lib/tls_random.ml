(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_tls_core.Versions

let seed_length = 64

let make entropy =
  Lwt.map
    (function
      | `Error error -> Error error
      | `Ok seed ->
          let g =
            let seed = Octets.of_cstruct seed in
            Mirage_crypto_rng.create ~seed (module Mirage_crypto_rng.Fortuna)
          in
          Ok (fun n -> Octets.to_string (Mirage_crypto_rng.generate ~g n)))
    (entropy seed_length)
