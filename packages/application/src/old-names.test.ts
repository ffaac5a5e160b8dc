import { expect, test } from "vitest";
import { oldNameHint } from "./old-names.js";

test.each([
  ["Error: Unbound module OS.Console", "`compat: 2013`"],
  ["Error: Unbound value OS.Clock.time", "`compat: 2013`"],
  ["Error: Unbound module Blkfront_init", "`compat: 2013`"],
  ["Error: Unbound module OS.Xs", "not there any more"],
  ["Error: Unbound module Cohttp_lwt_mirage", "`cohttp.mirage`"],
  ["Error: Unbound module Net", "`depends: mirage-net`"],
  ["3 |   lwt x = f () in\n          ^\nError: Syntax error", "`depends: lwt.syntax`"],
  [
    "3 |   for_lwt i = 1 to 2 do\n      ^^^^^^^\nError: Unbound value for_lwt",
    "`depends: lwt.syntax`",
  ],
  ["3 |   f () >> g ()\n           ^^\nError: Unbound value >>", "`depends: lwt.syntax`"],
])("%j", (output, hint) => {
  expect(oldNameHint(`File "a.ml", line 3, characters 1-2:\n${output}\n`)).toContain(hint);
});

test.each([
  "Error: Unbound module Network",
  "Error: Unbound module OSX.Console",
  "3 | let x = 1 +\n           ^\nError: Syntax error",
  "3 | let y = lwt\nError: This expression has type int",
])("nothing is said of %j", (output) => {
  expect(oldNameHint(output)).toBeUndefined();
});
