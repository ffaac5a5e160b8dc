(* SPDX-License-Identifier: ISC *)

(* Properties as Alcotest cases. QCHECK_SEED chooses other inputs, QCHECK_FACTOR
   how many times as many. *)

let number variable ~default =
  match Option.bind (Sys.getenv_opt variable) int_of_string_opt with
  | Some n -> n
  | None -> default

let seed = number "QCHECK_SEED" ~default:1
let factor = number "QCHECK_FACTOR" ~default:1

let case name ~count arbitrary law =
  let test = QCheck.Test.make ~name ~count:(count * factor) arbitrary law in
  Alcotest.test_case name `Quick (fun () ->
      QCheck.Test.check_exn ~rand:(Random.State.make [| seed |]) test)
