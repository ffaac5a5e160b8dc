import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type FileChanges, watchFiles } from "./index.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-watch-"));
  mkdirSync(join(folder, "src"));
  mkdirSync(join(folder, "_build"));
  writeFileSync(join(folder, "src", "a.ml"), "1");
  return () => rmSync(folder, { recursive: true });
});

const never = new AbortController().signal;

async function watching(): Promise<FileChanges> {
  const changes = await watchFiles({ paths: [folder], ignored: [join(folder, "_build")] });
  onTestFinished(() => changes.close());
  return changes;
}

function write(path: string): string {
  writeFileSync(join(folder, path), String(Math.random()));
  return join(folder, path);
}

test("changes that come together are told together", async () => {
  const changes = await watching();
  const paths = [write("src/a.ml"), write("src/b.ml")];
  expect(await changes.next(never)).toEqual(paths);
});

test("a change while nobody waits is told when somebody does", async () => {
  const changes = await watching();
  const path = write("src/a.ml");
  await delay(300);
  expect(await changes.next(never)).toEqual([path]);
});

test("a file that an editor replaces by renaming has changed, its helpers have not", async () => {
  const changes = await watching();
  write("src/.a.ml.swp");
  write("src/a.ml~");
  write("src/#a.ml#");
  writeFileSync(join(folder, "4913"), "");
  writeFileSync(join(folder, "src", "new"), "2");
  renameSync(join(folder, "src", "new"), join(folder, "src", "a.ml"));
  const changed = await changes.next(never);
  expect(changed).toContain(join(folder, "src", "a.ml"));
  expect(changed.filter((path) => /swp$|~$|#$|4913$/.test(path))).toEqual([]);
});

test("what is ignored says nothing, and new folders are watched", async () => {
  const changes = await watching();
  write("_build/main.exe");
  mkdirSync(join(folder, "lib"));
  expect(await changes.next(never)).toEqual([join(folder, "lib")]);
  await delay(300); // until the new folder is watched
  const path = write("lib/c.ml");
  expect(await changes.next(never)).toEqual([path]);
});

test("waiting ends when it is aborted", async () => {
  const changes = await watching();
  const abort = new AbortController();
  const next = changes.next(abort.signal);
  abort.abort();
  expect(await next).toEqual([]);
});
