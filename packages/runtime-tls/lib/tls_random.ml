(* SPDX-License-Identifier: ISC *)

let seed_length = 64

let make entropy =
  Lwt.map
    (function
      | `Error error -> Error error
      | `Ok seed ->
          let g =
            Mirage_crypto_rng.create ~seed (module Mirage_crypto_rng.Fortuna)
          in
          Ok (fun n -> Cstruct.to_string (Mirage_crypto_rng.generate ~g n)))
    (entropy seed_length)
