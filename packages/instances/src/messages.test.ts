import { expect, test } from "vitest";
import { type LogMessage, passes, readMessages } from "./messages.js";

async function read(...chunks: string[]): Promise<LogMessage[]> {
  async function* source() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const messages: LogMessage[] = [];
  for await (const message of readMessages(source())) messages.push(message);
  return messages;
}

const warning = "2026-03-01T12:00:00.250Z warning shop: 2 things: missing";

test("messages, with their further lines, and other lines", async () => {
  const messages = await read(`hello\r\n${warning}\n  a list\n  of them\n  \nworld`);
  expect(messages).toEqual([
    { text: "hello", raw: "hello" },
    {
      time: "2026-03-01T12:00:00.250Z",
      level: "warning",
      source: "shop",
      text: "2 things: missing\na list\nof them\n",
      raw: `${warning}\n  a list\n  of them\n  `,
    },
    { text: "world", raw: "world" },
  ]);
});

test("lines are whole, wherever chunks end", async () => {
  const text = `${warning}\né\n`;
  const bytes = Buffer.from(text);
  for (let at = 0; at <= bytes.length; at++) {
    async function* source() {
      yield bytes.subarray(0, at);
      yield bytes.subarray(at);
    }
    const found: string[] = [];
    for await (const { text: each } of readMessages(source())) found.push(each);
    expect(found).toEqual(["2 things: missing", "é"]);
  }
});

test("filters by level and time", async () => {
  const [message, line] = await read(`${warning}\nhello\n`);
  if (!message || !line) throw new Error("nothing was read");
  expect(passes(message, {})).toBe(true);
  expect(passes(message, { level: "warning" })).toBe(true);
  expect(passes(message, { level: "error" })).toBe(false);
  const time = Date.UTC(2026, 2, 1, 12, 0, 0, 250);
  expect(passes(message, { since: time })).toBe(true);
  expect(passes(message, { since: time + 1 })).toBe(false);
  expect(passes(line, {})).toBe(true);
  expect(passes(line, { level: "debug" })).toBe(false);
  expect(passes(line, { since: 0 })).toBe(false);
});
