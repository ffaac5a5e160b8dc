import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type StandIn, standIn } from "../../test/stand-in.js";
import { followDomain } from "./follow.js";
import type { XenHost } from "./host.js";

/** Prints one table after the other, and the last one for ever. */
const xl = `[ "$1" = list ] || exit 1
look=$(cat "$folder/look")
[ ! -e "$folder/table$((look + 1))" ] || echo $((look + 1)) >"$folder/look"
cat "$folder/table$look"
[ ! -e "$folder/fails$look" ] || { cat "$folder/fails$look" >&2; exit 1; }`;

let machine: StandIn;
beforeEach(() => {
  machine = standIn(xl);
  writeFileSync(join(machine.folder, "look"), "0");
});
afterEach(() => machine.remove());

const name = `mirage follow test ${process.pid}`;
const table = (...rows: string[]) =>
  [
    "Name   ID   Mem VCPUs\tState\tTime(s)   UUID     Reason-Code\tSecurity Label",
    ...rows,
    "",
  ].join("\n");
const row = (state: string, reason: string) =>
  `${name.padEnd(40)}     7    16     1     ${state}       0.1 03975453-f106-4d49-af3c-44134a66e0b4        ${reason}                -`;

function tables(...texts: string[]): void {
  for (const [index, text] of texts.entries()) {
    writeFileSync(join(machine.folder, `table${index}`), text);
  }
}

describe.each([0, 1])("by way %i", (way) => {
  const host = (): XenHost => machine.hosts[way] as XenHost;

  test("from its start to its end", async () => {
    tables(
      table(row("--p---", "-")),
      table(row("--p---", "-")),
      table(row("-b----", "-")),
      table(row("------", "-")),
      table(row("---sc-", "3")),
      table(row("---scd", "3")),
      table(),
    );
    const told: string[] = [];
    for await (const event of followDomain(host(), name, { intervalMs: 10 })) {
      told.push(event.type === "state" ? event.state : JSON.stringify(event));
    }
    expect(told).toEqual([
      "paused",
      "running",
      "crashed",
      "dying",
      '{"type":"ended","reason":"crash","isKept":false}',
    ]);
  });

  test("one that is not there", async () => {
    tables(table());
    await expect(followDomain(host(), 7).next()).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_NO_DOMAIN",
      message: `${host().name} runs no domain 7`,
    });
  });

  test("xl fails on the way", async () => {
    tables(table(row("-b----", "-")), "");
    writeFileSync(
      join(machine.folder, "fails1"),
      "libxl: error: libxl.c:108:libxl_ctx_alloc: cannot connect to xenstore: No such file or directory",
    );
    const followed = followDomain(host(), { id: 7, name }, { intervalMs: 10 });
    expect((await followed.next()).value).toMatchObject({ state: "running" });
    await expect(followed.next()).rejects.toMatchObject({ code: "ERR_MIRAGE_XL_NO_XENSTORE" });
  });

  test("interrupted, and left: xl is asked no more", async () => {
    tables(table(row("-b----", "-")));
    const controller = new AbortController();
    const followed = followDomain(
      host(),
      { id: 7, name },
      { signal: controller.signal, intervalMs: 10 },
    );
    await followed.next();
    controller.abort();
    await expect(followed.next()).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
    for await (const event of followDomain(host(), { id: 7, name }, { intervalMs: 10 })) {
      expect(event.type).toBe("state");
      break;
    }
    await silence();
  });
});

test("over a shared connection, xl is asked no more once nobody follows", async () => {
  tables(table(row("-b----", "-")));
  for await (const event of followDomain(machine.shared, { id: 7, name }, { intervalMs: 10 })) {
    expect(event.type).toBe("state");
    break;
  }
  await silence();
});

/** Waits until xl is not called any more. */
async function silence(): Promise<void> {
  const calls = join(machine.folder, "calls");
  expect(existsSync(calls)).toBe(true);
  let before = "";
  for (let look = 0; before !== readFileSync(calls, "utf8"); look++) {
    if (look > 50) throw new Error("xl is still called");
    before = readFileSync(calls, "utf8");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
