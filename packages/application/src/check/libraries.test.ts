import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConf } from "@mirage/conf";
import { expect, onTestFinished, test } from "vitest";
import { checkDepends, type LibraryContext } from "./libraries.js";
import { localLibraries } from "./sources.js";

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "mirage-libraries-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function configurationWith(depends: string, directory = "") {
  const text = `main-noip: Hello.main\ndepends: ${depends}\n`;
  const { configuration } = parseConf(text, join(directory, "hello.conf"));
  if (!configuration) throw new Error(text);
  return configuration;
}

/** lwt is installed, yojson is known, and nothing else. */
function context(more: Partial<LibraryContext> = {}): LibraryContext {
  const folder = temporary();
  mkdirSync(join(folder, "lwt"));
  writeFileSync(join(folder, "lwt/META"), 'package "unix" ( requires = "lwt" )');
  return {
    path: [folder, "/nowhere"],
    local: new Set(),
    chosen: new Map([["lwt", true]]),
    known: {
      packageOf: (library) => (/^yojson\b/.test(library) ? "yojson" : undefined),
      libraryNames: () => ["yojson"],
      isKnown: (name) => name === "yojson" || name === "lwt",
    },
    ...more,
  };
}

async function told(depends: string, more?: Partial<LibraryContext>) {
  const { problems } = await checkDepends(configurationWith(depends), context(more));
  return problems.map(({ message, hint, span }) => `${span?.start.column} ${message}: ${hint}`);
}

test("all libraries that are not there are named at once, with what was meant", async () => {
  expect(await told("lwt, lwtt, lwt.unix, lwt.unixx, yojsn")).toEqual([
    "15 there is no library `lwtt`: did you mean `lwt`? `packages: NAME` installs an opam package with it",
    "31 there is no library `lwt.unixx`: did you mean `lwt.unix`? `packages: NAME` installs an opam package with it",
    "42 there is no library `yojsn`: did you mean `yojson`? `packages: NAME` installs an opam package with it",
  ]);
});

test("of libraries of 2014, only those that there were are taken", async () => {
  expect(await told("tcpip.ethiff")).toEqual([
    "10 there is no library `tcpip.ethiff`: did you mean `tcpip.ethif`? `packages: NAME` installs an opam package with it",
  ]);
});

test("a library whose package is known is a line away, or on its way", async () => {
  expect(await told("yojson")).toEqual([
    "10 the library `yojson` is not installed: add its package: `packages: yojson`",
  ]);
  expect(await told("yojson", { chosen: new Map([["yojson", false]]) })).toEqual([]);
});

test("what a package will have in it is not judged before it is there", async () => {
  expect(await told("libfoo, lwt", { chosen: new Map([["foo", false]]) })).toEqual([]);
  expect(await told("libfoo", { chosen: new Map([["foo", true]]) })).toHaveLength(1);
});

test("libraries of the application's own are known", async () => {
  const folder = temporary();
  mkdirSync(join(folder, "deep/mine"), { recursive: true });
  writeFileSync(
    join(folder, "deep/mine/dune"),
    "(library\n (name mine)\n (public_name all.mine))\n",
  );
  const local = localLibraries(configurationWith("lwt", folder));
  expect([...local]).toEqual(["mine", "all.mine"]);
  expect(await told("mine, all.mine", { local })).toEqual([]);
});
