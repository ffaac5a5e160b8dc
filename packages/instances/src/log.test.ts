import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
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
