import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { mirage, startMirage } from "../../src/support/mirage.js";
import { builtExample } from "./built.js";

let www: string;
beforeAll(async () => {
  const jobs: (() => void)[] = [];
  www = await builtExample("www", (job) => jobs.push(job));
  return () => {
    for (const job of jobs) job();
  };
});

test("the kernel has Linux's Image header for arm64", () => {
  const image = readFileSync(join(www, "mir-www.xen"));
  expect(image.toString("latin1", 56, 60)).toBe("ARM\x64");
});

test("hello greets, and the machine is off", async () => {
  const { code, stdout, stderr } = await mirage(["run"], await builtExample("hello"));
  expect(code, stderr).toBe(0);
  expect(stdout.replaceAll("\r", "")).toContain("hello\nworld\nhello\nworld\n");
});

test("www serves its files byte for byte, until it is told to stop", async () => {
  const running = startMirage(["run", "--publish", "127.0.0.1:0:80"], www);
  const [, port = ""] = await running.says(/127\.0\.0\.1:(\d+)/);
  await running.says(/serves TCP/);
  const htdocs = join(www, "htdocs");
  const files = readdirSync(htdocs, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    const response = await fetch(`http://127.0.0.1:${port}/${path.slice(htdocs.length + 1)}`);
    expect(response.status, path).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(readFileSync(path)), path).toBe(true);
  }
  running.child.kill("SIGINT");
  expect((await running.finished).code).toBe(0);
});
