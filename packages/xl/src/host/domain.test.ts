import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseDomainTable } from "./domain.js";

// printed by the xl of Xen 4.17
const table = readFileSync(new URL("testdata/list-v.txt", import.meta.url), "utf8");

test("states and reasons", () => {
  const rows = parseDomainTable(table).map(({ id, name, state, shutdownReason, isIdle }) => [
    id,
    name,
    state,
    shutdownReason ?? (isIdle ? "idle" : "busy"),
  ]);
  expect(rows).toEqual([
    [0, "Domain-0", "running", "busy"],
    [23, "waits", "running", "idle"],
    [24, "rebooted", "shutdown", "reboot"],
    [25, "crashed", "crashed", "crash"],
    [26, "halted", "shutdown", "poweroff"],
    [27, "paused", "paused", "busy"],
    [30, "w w", "paused", "busy"],
  ]);
});

test("figures", () => {
  expect(parseDomainTable(table)[1]).toEqual({
    id: 23,
    name: "waits",
    state: "running",
    isIdle: true,
    memoryMb: 16,
    vcpus: 1,
    cpuSeconds: 0.4,
    uuid: "03975453-f106-4d49-af3c-44134a66e0b4",
  });
});

test("names of any kind", () => {
  const row = (name: string) =>
    `${name.padEnd(40)}     7    16     1     -b---d       0.1 03975453-f106-4d49-af3c-44134a66e0b4        -                -`;
  const names = ["w 1 2 3", "-b----", "(null)", "a".repeat(60), "it's  two"];
  const domains = parseDomainTable(names.map(row).join("\n"));
  expect(domains.map(({ name }) => name)).toEqual(names);
  expect(domains[0]).toMatchObject({ id: 7, state: "dying" });
});
