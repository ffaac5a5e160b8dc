import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { builtinDevices } from "./configuration.js";
import { families, plainKeys } from "./keys.js";
import { parseConf } from "./parse-conf.js";

const reference = readFileSync(new URL("../../../docs/conf.md", import.meta.url), "utf8");

test("the reference has every key and every built-in device", () => {
  const named = [...plainKeys, ...families.map((family) => `${family}-`), ...builtinDevices];
  expect(named.filter((name) => !reference.includes(`\`${name}`))).toEqual([]);
});

test("its examples are valid", () => {
  const blocks = [...reference.matchAll(/^```\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  const examples = blocks.filter((text) => /^main-/m.test(text));
  expect(examples.length).toBeGreaterThan(2);
  for (const text of examples) {
    expect(parseConf(text, "example.conf").diagnostics).toEqual([]);
  }
});
