import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect } from "vitest";
import { copyOfExample } from "../../src/support/mirage.js";
import { pseudoRandomBytes } from "../../src/support/site.js";
import { buildForXen, builtGuest } from "./application.js";
import { Guest } from "./rig/guest.js";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig();
const size = 50_000_000;

xenTest("1,000 requests and 50 MB come back without loss, and then it sleeps", async () => {
  const folder = copyOfExample("www");
  rmSync(join(folder, "htdocs"), { recursive: true });
  mkdirSync(join(folder, "htdocs"));
  const page = (number: number) => Buffer.from(`page ${number}\n`.repeat(1 + 13 * number));
  const pages = 40;
  for (let i = 0; i < pages; i++) writeFileSync(join(folder, "htdocs", `${i}.txt`), page(i));
  const large = pseudoRandomBytes(size, 50);
  writeFileSync(join(folder, "htdocs/large"), large);
  await buildForXen(folder);
  const guest = await Guest.create(rig(), folder, { memory: 128 });
  const server = `http://127.0.0.1:${await rig().forward("10.0.0.2", 80)}`;
  await rig().answersPing("10.0.0.2");

  let next = 0;
  const client = async () => {
    for (let number = next++; number < 1000; number = next++) {
      const response = await fetch(`${server}/${number % pages}.txt`);
      expect(response.status).toBe(200);
      const body = Buffer.from(await response.arrayBuffer());
      expect(body.equals(page(number % pages)), `request ${number}`).toBe(true);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));

  const response = await fetch(`${server}/large`);
  expect(await sha256(response.body ?? [])).toBe(await sha256([large]));

  // xl counts tenths of a second; on a busy machine, also those in which the processor only waits.
  let idle = await guest.minute();
  for (let more = 2; idle > 0.25 && more > 0; more--) idle = await guest.minute();
  expect(idle).toBeLessThan(0.25);
  await guest.xl("destroy");
});

xenTest("50 MB into a guest and back out of it, at the same time, without loss", async () => {
  const guest = await Guest.create(rig(), await builtGuest("echo"));
  await guest.says(/^ready$/m);
  const socket = connect(await rig().forward("10.0.0.2", 7), "127.0.0.1");
  const sent = pseudoRandomBytes(size, 51);
  socket.end(sent);
  expect(await sha256(socket)).toBe(await sha256([sent]));
  await guest.xl("destroy");
});

async function sha256(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | ReadableStream<Uint8Array>,
): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest("hex");
}
