import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { boundLog, olderLog } from "./bound-log.js";
import { type ReadLogOptions, readLog } from "./log.js";

let path: string;
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "mirage-instances-"));
  path = join(folder, "log");
  return () => rmSync(folder, { recursive: true });
});

async function read(options?: ReadLogOptions): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of readLog(path, options)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

test("the last lines are those that split would give", async () => {
  const line = fc.string({ maxLength: 3, unit: fc.constantFrom("a", " ", "\r") });
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.boolean(), fc.nat(6), async (lines, hasEnd, count) => {
      const text = lines.join("\n") + (hasEnd && lines.length > 0 ? "\n" : "");
      writeFileSync(path, text);
      const all = text.split(/(?<=\n)/).filter((part) => part !== "");
      expect(await read({ lines: count })).toBe(count === 0 ? "" : all.slice(-count).join(""));
    }),
  );
});

test("the last lines of a file of several blocks", async () => {
  const lines = Array.from({ length: 30_000 }, (_, number) => `line ${number}\n`);
  writeFileSync(path, lines.join(""));
  expect(await read({ lines: 20_000 })).toBe(lines.slice(-20_000).join(""));
  expect(await read()).toBe(lines.join(""));
});

test("what is written while it is followed comes, up to the last word", async () => {
  writeFileSync(path, "first\n");
  const news = ["second\n", "third"];
  const goOn = async () => {
    const next = news.shift();
    if (next !== undefined) appendFileSync(path, next);
    return news.length > 0;
  };
  expect(await read({ goOn })).toBe("first\nsecond\nthird");
});

test("a log that reaches its limit begins anew, and both parts are read", async () => {
  rmSync(olderLog(path), { force: true });
  writeFileSync(path, "first\n");
  await boundLog(path, 100);
  expect(existsSync(olderLog(path))).toBe(false);
  await boundLog(path, 6);
  appendFileSync(path, "second\n");
  expect(await read()).toBe("first\nsecond\n");
  expect(await read({ lines: 5 })).toBe("second\n");
  await boundLog(path, 6);
  appendFileSync(path, "third\n");
  expect(await read()).toBe("second\nthird\n");
});

test("who follows goes on when a log begins anew", async () => {
  rmSync(olderLog(path), { force: true });
  writeFileSync(path, "a long first line\n");
  const steps = [() => boundLog(path, 1), async () => appendFileSync(path, "new\n")];
  const goOn = async () => {
    const step = steps.shift();
    await step?.();
    return steps.length > 0;
  };
  expect(await read({ lines: 1, goOn })).toBe("new\n");
});
