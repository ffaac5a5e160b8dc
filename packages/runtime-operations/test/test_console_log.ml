(* SPDX-License-Identifier: ISC *)

let lines () =
  let check expected now level text =
    Alcotest.(check string) expected expected (Console_log.line ~now level "shop" text)
  in
  check "1970-01-01T00:00:00.000Z info shop: x" 0. Logs.Info "x";
  check "2026-03-01T12:00:00.250Z warning shop: x" 1772366400.25 Logs.Warning "x";
  check "2000-02-29T23:59:59.999Z debug shop: x" 951868799.9995 Logs.Debug "x";
  check "2100-03-01T00:00:00.000Z app shop: x" 4107542400. Logs.App "x";
  check "1970-01-01T00:00:00.000Z error shop: one\n  two" 0. Logs.Error "one\ntwo"

let quiet = Logs.Src.create "quiet-one"
let loud = Logs.Src.create "loud:one"

let levels () =
  let check text usual quiet_one loud_one =
    Argument.set_input { words = [ "--log-level"; text ]; variable = (fun _ -> None) };
    Console_log.install ~now:(fun () -> 0.) ~default:"warning";
    let name level = Logs.level_to_string level in
    Alcotest.(check (list string)) text [ usual; quiet_one; loud_one ]
      [ name (Logs.level ()); name (Logs.Src.level quiet); name (Logs.Src.level loud) ]
  in
  check "error" "error" "error" "error";
  check "debug, quiet-one:quiet" "debug" "quiet" "debug";
  check "loud:one:app" "warning" "warning" "app"

let mistakes () =
  Alcotest.(check (list string)) "a level that there is not"
    [
      "--log-level: `loud` is not a level (quiet, app, error, warning, info, debug), or levels such as warning,tcp:debug";
    ]
    (Argument.problems { words = [ "--log-level=loud" ]; variable = (fun _ -> None) })

let tests =
  [
    Alcotest.test_case "lines" `Quick lines;
    Alcotest.test_case "levels" `Quick levels;
    Alcotest.test_case "mistakes" `Quick mistakes;
  ]
