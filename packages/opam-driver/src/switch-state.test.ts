import { expect, test } from "vitest";
import { parseSwitchState } from "./switch-state.js";

test("names and versions, also versions with dots, plus signs and tildes", () => {
  const text = `opam-version: "2.0"
compiler: ["ocaml-system.4.13.1"]
roots: ["ocaml-system.4.13.1" "tiny.1.0+abc"]
installed: [
  "lwt.5.6.1" "base-unix.base"
  "ocaml-system.4.13.1"
  "tiny.1.0+abc~x"
]
`;
  expect(Object.fromEntries(parseSwitchState(text) ?? [])).toEqual({
    lwt: "5.6.1",
    "base-unix": "base",
    "ocaml-system": "4.13.1",
    tiny: "1.0+abc~x",
  });
});

test("a single package, and none", () => {
  const one = parseSwitchState('opam-version: "2.0"\ninstalled: "a.1"\n');
  expect([...(one ?? [])]).toEqual([["a", "1"]]);
  expect(parseSwitchState('opam-version: "2.0"\n')?.size).toBe(0);
});

test("a file that is cut short is not believed", () => {
  expect(parseSwitchState("")).toBeUndefined();
  expect(parseSwitchState('opam-version: "2.0"\nroots: ["lwt')).toBeUndefined();
  expect(parseSwitchState('opam-version: "2.0"\ninstalled: ["lwt.5.6.1" "ba')).toBeUndefined();
});
