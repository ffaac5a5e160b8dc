(* SPDX-License-Identifier: ISC *)

(* The short form of fuzz.exe. *)

let runs = 1_000

let mutations () =
  let state = Random.State.make [| 2026 |] in
  for _ = 1 to runs do
    let input = Fuzz_input.input state in
    match Fuzz_input.problem state input with
    | None -> ()
    | Some problem -> Alcotest.failf "%s: %S" problem input
  done

let suite = ("mutations", [ Support.case "of the table's cases" mutations ])
