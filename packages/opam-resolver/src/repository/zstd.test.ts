import { expect, test } from "vitest";
import { unzstd } from "./zstd.js";

/** A zstd frame of raw blocks, no longer than 100 KB each. Source: RFC 8878, section 3.1.1. */
function frame(...blocks: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58])];
  blocks.forEach((block, index) => {
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (index === blocks.length - 1 ? 1 : 0), 0, 3);
    parts.push(header, block);
  });
  return Buffer.concat(parts);
}

async function contentOf(data: Uint8Array): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of unzstd(data)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const blocks = Array.from({ length: 12 }, (_, i) => Buffer.alloc(100_000, `${i} block `));
const content = Buffer.concat(blocks).toString();

test("data of many blocks, and of several frames", async () => {
  expect(await contentOf(frame(...blocks))).toBe(content);
  expect(await contentOf(Buffer.concat([frame(...blocks), frame(...blocks)]))).toBe(
    content + content,
  );
});

test("what is damaged or cut short", async () => {
  const whole = frame(...blocks);
  for (const end of [3, 8, 5000, whole.length >> 1, whole.length - 1]) {
    await expect(contentOf(whole.subarray(0, end))).rejects.toThrow();
  }
  for (const at of [0, 5, 6]) {
    const damaged = Buffer.from(whole);
    damaged[at] = 0xff;
    await expect(contentOf(damaged)).rejects.toThrow();
  }
});
