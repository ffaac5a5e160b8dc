import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Outcome } from "../resolve/resolve.js";
import { Resolver } from "../resolver.js";
import { readStore } from "../store/file.js";
import { sourceAt } from "./source.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-index-"));
  write("a", "1", 'depends: "b" {>= "1"}\n');
  for (const version of ["1", "2", "3", "4", "5"]) write("b", version, "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, version: string, text: string): void {
  const file = join(folder, "repository/packages", name, `${name}.${version}`, "opam");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function plan(source = "repository"): Promise<string> {
  const resolver = await Resolver.open([sourceAt(join(folder, source))], {
    cacheFolder: join(folder, "cache"),
  });
  const request = { kind: "install", atoms: [{ name: "a" }] } as const;
  return told(await resolver.resolve({ request, variables: {} }));
}

function told(outcome: Outcome): string {
  if (outcome.kind !== "plan") return outcome.kind;
  return outcome.actions.map(({ pkg }) => `${pkg.entry.text}.${pkg.version}`).join(" ");
}

/** The one index file. That nothing else is there shows that it was put in place at once. */
function indexFile(): string {
  const files = readdirSync(join(folder, "cache"));
  expect(files).toHaveLength(1);
  return join(folder, "cache", files[0] as string);
}

test("an index is made once, and the same again", async () => {
  expect(await plan()).toBe("b.5 a.1");
  const bytes = readFileSync(indexFile());
  const { ino } = statSync(indexFile());
  expect(await plan()).toBe("b.5 a.1");
  expect(statSync(indexFile()).ino).toBe(ino);
  rmSync(indexFile());
  expect(await plan()).toBe("b.5 a.1");
  expect(readFileSync(indexFile()).equals(bytes)).toBe(true);
});

describe("an index that can't be used is made anew", () => {
  async function rebuilds(spoil: (bytes: Buffer) => Buffer): Promise<void> {
    await plan();
    const file = indexFile();
    const good = readFileSync(file);
    writeFileSync(file, spoil(Buffer.from(good)));
    expect(readStore(file)).toBeUndefined();
    expect(await plan()).toBe("b.5 a.1");
    expect(readFileSync(file).equals(good)).toBe(true);
  }

  test("cut short anywhere", async () => {
    await plan();
    const { size } = statSync(indexFile());
    for (let part = 0; part < 8; part++) {
      await rebuilds((bytes) => bytes.subarray(0, Math.floor((size * part) / 8)));
    }
    await rebuilds((bytes) => bytes.subarray(0, -1));
    await rebuilds((bytes) => Buffer.concat([bytes, Buffer.from([0])]));
  });

  test("of another format", async () => {
    await rebuilds((bytes) => {
      bytes.writeInt32LE(bytes.readInt32LE(4) - 1, 4);
      return bytes;
    });
  });

  test("with a damaged byte: what is checked is found, what isn't is padding", async () => {
    await plan();
    const file = indexFile();
    const good = readFileSync(file);
    let unnoticed = 0;
    for (let at = 0; at < good.length; at++) {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] as number) ^ 0x55;
      writeFileSync(file, bytes);
      if (readStore(file) !== undefined) {
        expect(good[at]).toBe(0);
        unnoticed++;
      }
    }
    // At most seven bytes between sections.
    expect(unnoticed).toBeLessThan(7 * 13);
    writeFileSync(file, Buffer.from(good).fill(1, good.length >> 1));
    expect(await plan()).toBe("b.5 a.1");
    expect(readFileSync(file).equals(good)).toBe(true);
  });

  test("when it is a folder, or can't be kept: the answer comes all the same", async () => {
    await plan();
    const file = indexFile();
    rmSync(file);
    mkdirSync(file);
    expect(await plan()).toBe("b.5 a.1");
    rmSync(join(folder, "cache"), { recursive: true });
    writeFileSync(join(folder, "cache"), "");
    expect(await plan()).toBe("b.5 a.1");
    rmSync(join(folder, "cache"));
  });
});

describe("a repository that changed", () => {
  test("a file edited: only that is read again", async () => {
    await plan();
    write("a", "1", 'depends: "b" {< "3"}\n');
    expect(await plan()).toBe("b.2 a.1");
    expect(readStore(indexFile())?.meta.replaced).toBe(1);
  });

  test("a version added, and taken away", async () => {
    await plan();
    write("b", "6", "");
    expect(await plan()).toBe("b.6 a.1");
    rmSync(join(folder, "repository/packages/b/b.6"), { recursive: true });
    expect(await plan()).toBe("b.5 a.1");
  });

  test("a name added, and taken away", async () => {
    await plan();
    write("a", "2", 'depends: "c"\n');
    expect(await plan()).toBe("b.5 a.1");
    write("c", "1", "");
    expect(await plan()).toBe("c.1 a.2");
    rmSync(join(folder, "repository/packages/c"), { recursive: true });
    expect(await plan()).toBe("b.5 a.1");
  });

  test("another one in its place", async () => {
    await plan();
    renameSync(join(folder, "repository"), join(folder, "old"));
    write("a", "7", "");
    expect(await plan()).toBe("a.7");
  });

  test("a file that can't be read counts as absent until it is mended", async () => {
    await plan();
    write("b", "5", 'depends: [ "');
    expect(await plan()).toBe("b.4 a.1");
    expect(await plan()).toBe("b.4 a.1");
    write("b", "5", "");
    expect(await plan()).toBe("b.5 a.1");
  });

  test("while a resolver is open", async () => {
    const resolver = await Resolver.open([sourceAt(join(folder, "repository"))], {
      cacheFolder: join(folder, "cache"),
    });
    write("b", "6", "");
    const request = { kind: "install", atoms: [{ name: "a" }] } as const;
    expect(told(await resolver.resolve({ request, variables: {} }))).toBe("b.6 a.1");
  });
});
