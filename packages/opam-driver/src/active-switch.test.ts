import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { activeSwitch } from "./active-switch.js";

let home: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "mirage-active-"));
  env = { HOME: home };
  mkdirSync(join(home, ".opam"));
  writeFileSync(join(home, ".opam/config"), 'opam-version: "2.0"\nswitch: "chosen"\n');
  mkdirSync(join(home, "project/_opam/.opam-switch"), { recursive: true });
  mkdirSync(join(home, "project/src"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test("the switch that OPAMSWITCH names comes first", async () => {
  const active = { ...env, OPAMSWITCH: "named", OPAM_SWITCH_PREFIX: join(home, ".opam/5.3.0") };
  expect(await activeSwitch(home, active)).toEqual({ root: join(home, ".opam"), switch: "named" });
});

test("then the one of the shell, in its root", async () => {
  const other = { ...env, OPAM_SWITCH_PREFIX: "/data/opam/5.3.0" };
  expect(await activeSwitch(home, other)).toEqual({ root: "/data/opam", switch: "5.3.0" });
  const local = { ...env, OPAM_SWITCH_PREFIX: "/data/app/_opam" };
  expect(await activeSwitch(home, local)).toEqual({
    root: join(home, ".opam"),
    switch: "/data/app",
  });
  expect(await activeSwitch(home, other, join(home, ".opam"))).toMatchObject({ switch: "chosen" });
});

test("then a local one of a folder above, then the root's", async () => {
  expect(await activeSwitch(join(home, "project/src"), env)).toEqual({
    root: join(home, ".opam"),
    switch: join(home, "project"),
  });
  expect(await activeSwitch(home, env)).toEqual({ root: join(home, ".opam"), switch: "chosen" });
});

test("without any it says how to get one", async () => {
  const error = await activeSwitch("/", { HOME: join(home, "nobody") }).catch((e) => e);
  expect(error).toMatchObject({ code: "ERR_MIRAGE_OPAM_NO_ACTIVE_SWITCH" });
  expect(error.hint).toContain("opam env");
});
