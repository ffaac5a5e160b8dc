import { expect, test } from "vitest";
import { describePlan, planData } from "./describe.js";

test("every kind of action is a line", () => {
  const text = describePlan(
    [
      { kind: "write", path: "/app/main.ml", content: "é" },
      { kind: "remove", path: "/elsewhere/x" },
      { kind: "run", command: "make", args: ["it's", "all"], env: { A: "b c" }, cwd: "/app" },
      { kind: "run", command: "ls", args: [], cwd: "/tmp" },
      { kind: "step", title: "open a TAP device", detail: "tap0", perform: async () => {} },
    ],
    { cwd: "/app" },
  );
  expect(text.split("\n")).toEqual([
    "write   main.ml (2 bytes)",
    "remove  /elsewhere/x",
    `run     A='b c' make 'it'\\''s' all`,
    "run     ls (in /tmp)",
    "do      open a TAP device: tap0",
  ]);
});

test("as data, every kind of action is JSON without contents", () => {
  const data = planData([
    { kind: "write", path: "/app/main.ml", content: "é", mode: 0o755 },
    { kind: "remove", path: "/elsewhere/x" },
    { kind: "run", command: "make", args: ["all"], cwd: "/app" },
    { kind: "step", title: "open a TAP device", detail: "tap0", perform: async () => {} },
  ]);
  expect(JSON.parse(JSON.stringify(data))).toEqual([
    { kind: "write", path: "/app/main.ml", bytes: 2, mode: 0o755 },
    { kind: "remove", path: "/elsewhere/x" },
    { kind: "run", command: "make", args: ["all"], cwd: "/app" },
    { kind: "step", title: "open a TAP device", detail: "tap0" },
  ]);
});
