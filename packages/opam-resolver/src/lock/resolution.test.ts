import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PackageText, type Source, sourceAt } from "../repository/source.js";
import type { Plan } from "../resolve/resolve.js";
import { Resolver } from "../resolver.js";
import type { SwitchInput } from "../state/switch-state.js";
import { withChecksums } from "./checksums.js";
import { neededPackages } from "./needed.js";
import { outdatedPackages } from "./outdated.js";

function pkg(name: string, version: string, fields = ""): PackageText {
  return { name, version, opam: `opam-version: "2.0"\n${fields}\n` };
}

const packages = [
  pkg(
    "site",
    "1",
    'depends: ["http" {>= "1"} ("fast" | "slow") "check" {with-test} "dune" {build}]',
  ),
  pkg("http", "1", 'depends: "sockets"'),
  pkg("http", "2", 'depends: "sockets" {< "2"}'),
  pkg("http", "3", "flags: avoid-version"),
  pkg("sockets", "1"),
  pkg("sockets", "2"),
  pkg("slow", "1"),
  pkg("dune", "3"),
  pkg("check", "1"),
  pkg("other", "1", 'depends: "check"'),
];

const repository: Source = { kind: "packages", packages };

async function planOf(state: SwitchInput): Promise<Plan> {
  const resolver = await Resolver.open([repository]);
  const request = { kind: "install", atoms: [{ name: "site" }] } as const;
  const outcome = await resolver.resolve({ request, state, variables: {} });
  if (outcome.kind !== "plan") throw new Error(outcome.kind);
  return outcome;
}

test("needed is what was asked for with all it depends on, and not the rest of the switch", async () => {
  const installed = [
    { name: "other", version: "1" },
    { name: "check", version: "1" },
    { name: "slow", version: "1" },
  ];
  const plan = await planOf({ installed });
  expect(plan.result.map(({ entry }) => entry.text)).toContain("other");
  expect(neededPackages(plan).map(({ name, version }) => `${name}.${version}`)).toEqual([
    "dune.3",
    "http.2",
    "site.1",
    "slow.1",
    "sockets.1",
  ]);
});

test("pinning to a lock's versions keeps them; outdated says what is newer and what is possible", async () => {
  const locked = [
    { name: "http", version: "1" },
    { name: "slow", version: "1" },
    { name: "sockets", version: "1" },
  ];
  const held = neededPackages(await planOf({ pins: locked }));
  expect(held).toEqual(expect.arrayContaining(locked));
  expect(outdatedPackages([...locked, { name: "other", version: "1" }], await planOf({}))).toEqual([
    { name: "http", current: "1", possible: "2", newest: "2" },
    { name: "sockets", current: "1", possible: "1", newest: "2" },
  ]);
});

test("a locked version that is gone shows as outdated too", async () => {
  const gone = [{ name: "slow", version: "4" }];
  expect(outdatedPackages(gone, await planOf({}))).toEqual([
    { name: "slow", current: "4", possible: "1", newest: "1" },
  ]);
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-lock-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sha256(text: string): string {
  return `sha256=${createHash("sha256").update(text).digest("hex")}`;
}

test("checksums come from the first source that has the version: texts, folders, archives, pins", async () => {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("plain/packages/http/http.1/opam", "in the folder");
  write("plain/packages/sockets/sockets.1/opam", "sockets in the folder");
  write("plain/packages/deeper/down/dune/dune.3.0/opam", "deep in the folder");
  writeFileSync(
    join(folder, "all.tar.gz"),
    gzipSync(tar("packages/slow/slow.1/opam", "in the archive")),
  );
  const wanted = ["http.1", "sockets.1", "dune.3.0", "slow.1", "pinned.1", "unknown.1"].map(
    (id) => {
      const [name = "", ...version] = id.split(".");
      return { name, version: version.join(".") };
    },
  );
  const sources: Source[] = [
    { kind: "packages", packages: [pkg("http", "2"), pkg("sockets", "1")] },
    sourceAt(join(folder, "plain")),
    sourceAt(join(folder, "all.tar.gz")),
  ];
  const pins = [{ name: "pinned", version: "1", opam: "of the pin" }];
  expect((await withChecksums(wanted, sources, pins)).map(({ checksum }) => checksum)).toEqual([
    sha256("in the folder"),
    sha256(pkg("sockets", "1").opam),
    sha256("deep in the folder"),
    sha256("in the archive"),
    sha256("of the pin"),
    undefined,
  ]);
});

/** A tar archive of one file (POSIX ustar). */
function tar(path: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write("0000644\0", 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        0", 148);
  header.write("ustar\u000000", 257);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}
