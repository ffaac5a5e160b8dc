import { expect, test } from "vitest";
import { record } from "./record.js";

test("a removed folder takes its files along", () => {
  const { files, removed, commands, steps } = record([
    { kind: "write", path: "/a/x", content: "1" },
    { kind: "write", path: "/ab", content: "2" },
    { kind: "remove", path: "/a" },
    { kind: "run", command: "make", args: ["all"] },
    { kind: "step", title: "wait", perform: async () => {} },
  ]);
  expect([...files.keys()]).toEqual(["/ab"]);
  expect(removed).toEqual(["/a"]);
  expect(commands).toEqual([["make", "all"]]);
  expect(steps).toEqual(["wait"]);
});
