import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { native } from "./native.js";

/** A descriptor that can be watched like a device, without the right to make one. */
function pipe(): number {
  const folder = mkdtempSync(join(tmpdir(), "mirage-tap-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const fd = openSync(join(folder, "pipe"), constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(fd));
  return fd;
}

test("a watcher that has ended can be ended again, resumed and paused, to no effect", async () => {
  const { watch, resume, pause, unwatch } = native();
  const fd = pipe();
  const frames: string[] = [];
  const ended = [];
  for (let i = 0; i < 200; i++) {
    const watcher = watch(fd, (read) => frames.push(...read.map(String)));
    resume(watcher);
    unwatch(watcher);
    unwatch(watcher);
    resume(watcher);
    ended.push(watcher);
  }
  await turn();
  await turn();
  // By now libuv has given up the handles of all of them.
  for (const watcher of ended) {
    pause(watcher);
    resume(watcher);
    unwatch(watcher);
  }
  const watcher = watch(fd, (read) => frames.push(...read.map(String)));
  resume(watcher);
  writeSync(fd, "frame");
  while (frames.length === 0) await turn();
  unwatch(watcher);
  expect(frames).toEqual(["frame"]);
});
