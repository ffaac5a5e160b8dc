(* SPDX-License-Identifier: ISC *)

(* fuzz.exe [RUNS [SEED]]: mutated requests until one shows a problem, which is printed and ends
   it with 1. A run counts two connections. *)

let () =
  let argument n default =
    if Array.length Sys.argv > n then int_of_string Sys.argv.(n) else default
  in
  let runs = argument 1 1_000_000 and seed = argument 2 1 in
  let state = Random.State.make [| seed |] in
  for run = 1 to runs do
    let input = Fuzz_input.input state in
    (match Fuzz_input.problem state input with
    | None -> ()
    | Some problem ->
        Printf.printf "run %d of seed %d: %s\n%S\n" run seed problem input;
        exit 1);
    if run mod 100_000 = 0 then Printf.printf "%d runs, %d words of heap\n%!" run (Gc.quick_stat ()).heap_words
  done;
  Printf.printf "%d runs of seed %d, no problem\n" runs seed
