import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect } from "vitest";
import { copyOfExample } from "../../src/support/mirage.js";
import { pseudoRandomBytes } from "../../src/support/site.js";
import { buildForXen, builtGuest } from "../../xen/src/application.js";
import { type Board, boards, Machine, virtioTest } from "./machine.js";

const all = Object.keys(boards) as Board[];
const size = 50_000_000;

virtioTest("1,000 requests and 50 MB come back without loss, and then it sleeps", async () => {
  const folder = copyOfExample("www");
  const pages = 40;
  const page = (number: number) => Buffer.from(`page ${number}\n`.repeat(1 + 13 * number));
  rmSync(join(folder, "htdocs"), { recursive: true });
  mkdirSync(join(folder, "htdocs"));
  for (let i = 0; i < pages; i++) writeFileSync(join(folder, "htdocs", `${i}.txt`), page(i));
  const large = pseudoRandomBytes(size, 50);
  writeFileSync(join(folder, "htdocs/large"), large);
  await buildForXen(folder);
  for (const board of all) {
    const machine = await Machine.start(board, folder, { memory: 128 });
    let next = 0;
    const client = async () => {
      for (let number = next++; number < 1000; number = next++) {
        const response = await machine.fetch(`/${number % pages}.txt`);
        const body = Buffer.from(await response.arrayBuffer());
        expect(body.equals(page(number % pages)), `${board}: request ${number}`).toBe(true);
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    const response = await machine.fetch("/large");
    expect(await sha256(response.body ?? []), board).toBe(await sha256([large]));
    // Hundredths of a second of the processor in ten seconds.
    const before = processorTime(machine.pid);
    await new Promise((wake) => setTimeout(wake, 10_000));
    expect(processorTime(machine.pid) - before, board).toBeLessThan(50);
  }
});

virtioTest("50 MB into a guest and back out of it, at the same time, without loss", async () => {
  const folder = await builtGuest("echo");
  const sent = pseudoRandomBytes(size, 51);
  for (const board of all) {
    const machine = await Machine.start(board, folder, { port: 7 });
    await machine.says(/^ready\r?$/m);
    const socket = connect(machine.port, "127.0.0.1");
    socket.end(sent);
    expect(await sha256(socket), board).toBe(await sha256([sent]));
  }
});

/** proc(5): user and system time, in ticks of 10 ms. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

async function sha256(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | ReadableStream<Uint8Array>,
): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest("hex");
}
