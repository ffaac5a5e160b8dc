import { expect, test } from "vitest";
import type { DiskContent } from "./disk.js";
import { clientToken } from "./snapshots.js";

const content: DiskContent = {
  path: "d.img",
  bytes: 1,
  volumeSize: 1,
  blocks: [],
  checksum: "",
  id: "ab".repeat(32),
};
const request = { volumeSize: 1, description: "d", tags: { a: "1", b: "2" } };

test("a client token follows from content, parameters and attempt, and is one that AWS takes", () => {
  const token = clientToken(content, request, 0);
  expect(token).toMatch(/^[\x21-\x7e]{1,64}$/);
  expect(clientToken({ ...content, path: "elsewhere" }, request, 0)).toBe(token);
  expect(clientToken(content, { ...request, tags: { b: "2", a: "1" } }, 0)).toBe(token);
  const others = [
    clientToken(content, request, 1),
    clientToken({ ...content, id: "cd".repeat(32) }, request, 0),
    clientToken(content, { ...request, volumeSize: 2 }, 0),
    clientToken(content, { ...request, tags: { a: "1" } }, 0),
  ];
  expect(new Set([token, ...others]).size).toBe(5);
});
