import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfiguredApplication } from "@mirage/application";
import { parseConf } from "@mirage/conf";
import { describePlan } from "@mirage/plan";
import { targets } from "@mirage/types";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { RunObserver } from "./launcher.js";
import { launcherOf, launcherOfInstance, remoteLauncher } from "./launchers.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mirage-launch-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});

/** An application whose program is a shell script. */
function application(targetName: string, script = "exit 0"): ConfiguredApplication {
  const target = targets.find(({ name }) => name === targetName);
  const text = "main-noip: Hello.main\nname: hello\n";
  const { configuration } = parseConf(text, join(directory, "hello.conf"));
  if (!target || !configuration) throw new Error(targetName);
  writeFileSync(join(directory, "mir-hello"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(directory, "mir-hello"), 0o755);
  return { configuration, directory, name: "hello", target, program: "mir-hello" };
}

function observer(news: string[]): RunObserver {
  return {
    note: (record) => void news.push(`note ${JSON.stringify(record)}`),
    ready: () => void news.push("ready"),
    asked: () => void news.push("asked"),
    restart: () => undefined,
    say: (text) => void news.push(text),
    output: (chunk) => void news.push(Buffer.from(chunk).toString()),
    failed: (error) => void news.push(`failed ${error}`),
  };
}

/** The first test that asks for a launcher has it compiled. */
const compiling = 60_000;

test("every target has a launcher, and every instance that of its target", {
  timeout: compiling,
}, async () => {
  for (const target of targets) {
    const launcher = await launcherOf(target);
    expect(launcher.patience).toBeGreaterThan(0);
    expect(await launcherOfInstance({ target: target.name })).toBe(launcher);
  }
  expect(await launcherOfInstance({ target: "of another mirage" })).toBeUndefined();
});

test("a process is planned, and runs to its own exit code", async () => {
  const launcher = await launcherOf({ run: { as: "process", network: "sockets" } });
  const hello = application("unix-socket", "echo ready >&$MIRAGE_STATUS_FD; exit 3");
  const plan = describePlan(await launcher.plan(hello, {}), { cwd: directory });
  expect(plan).toContain(join(directory, "mir-hello"));
  const news: string[] = [];
  expect(await launcher.run(hello, {}, observer(news))).toBe(3);
  expect(news).toContain("ready");
  expect(news).toContain('note {"phase":"running"}');
  expect(launcher.leftRunning).toBeUndefined();
});

test("a domain is planned for here and for another machine", async () => {
  const launcher = await remoteLauncher();
  expect(await launcherOf({ run: { as: "xen", network: "bridge" } })).toBe(launcher);
  const hello = application("xen");
  writeFileSync(
    join(directory, "hello.xl"),
    "name = 'hello'\ntype = 'pvh'\nkernel = 'mir-hello'\nmemory = 32\n",
  );
  const here = describePlan(await launcher.plan(hello, {}), { cwd: directory });
  expect(here).toContain("create the domain hello on this machine");
  const there = await launcher.plan(hello, { host: "root@dom0.example.org" });
  expect(describePlan(there, { cwd: directory })).toContain("dom0.example.org");
});
