import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import {
  copyOfExample,
  mirage,
  mirageOk,
  repository,
  startMirage,
  temporaryFolder,
} from "./support/mirage.js";
import { asNobody, isRoot } from "./support/namespace.js";

let www: string;
let hello: string;
beforeAll(async () => {
  const jobs: (() => void)[] = [];
  const build = async (example: string) => {
    const folder = copyOfExample(example, (job) => jobs.push(job));
    await mirageOk(["configure"], folder);
    await mirageOk(["build"], folder);
    chmodSync(folder, 0o755);
    return folder;
  };
  www = await build("www");
  hello = await build("hello");
  return () => {
    for (const job of jobs) job();
  };
});

interface Listed {
  readonly name: string;
  readonly user: string;
  readonly status: string;
  readonly pid: number;
  readonly published: readonly { readonly hostPort: number }[];
  readonly exit?: { readonly code: number };
}

async function listed(...options: string[]): Promise<Listed[]> {
  return JSON.parse((await mirageOk(["ps", "--json", ...options], www)).stdout);
}

/** Starts www in the background; it is ended with the test. */
async function detached(name: string): Promise<string> {
  const args = ["run", "--detach", "--name", name, "--publish", "127.0.0.1:0:80"];
  onTestFinished(async () => {
    await mirage(["stop", name], www);
    await mirage(["rm", "--ended"], www);
  });
  const { stdout, stderr } = await mirageOk(args, www);
  expect(stdout).toBe(`${name}\n`);
  const [, port] = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(stderr) ?? [];
  return `http://127.0.0.1:${port}/`;
}

/** Whether a process runs; one that nobody has waited for yet has ended as well. */
function isThere(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

test("a detached unikernel serves, is listed, has a log, and is stopped", async () => {
  const url = await detached("shop");
  expect((await fetch(url)).status).toBe(200);
  const [instance] = await listed();
  expect(instance).toMatchObject({ name: "shop", status: "running" });
  expect(url).toContain(`:${instance?.published[0]?.hostPort}/`);
  expect((await mirageOk(["ps"], www)).stdout).toMatch(/^shop .* running for .* → 80$/m);
  expect((await mirageOk(["logs", "shop"], www)).stdout).toMatch(/serves TCP port 80/);
  expect((await mirageOk(["logs", "-n", "1", "shop"], www)).stdout.split("\n")).toHaveLength(2);
  await mirageOk(["stop", "shop"], www);
  expect(isThere(instance?.pid ?? 0)).toBe(false);
  await expect(fetch(url)).rejects.toThrow();
  expect(await listed()).toEqual([]);
  expect(await listed("--all")).toMatchObject([{ name: "shop", status: "ended" }]);
  expect((await mirageOk(["logs", "shop"], www)).stdout).toMatch(/serves TCP port 80/);
  await mirageOk(["rm", "shop"], www);
  expect(await listed("--all")).toEqual([]);
  expect((await mirage(["logs", "shop"], www)).code).toBe(1);
});

test("what runs is not forgotten, what has ended is", async () => {
  await detached("shop");
  const runs = await mirage(["rm", "shop"], www);
  expect(runs).toMatchObject({ code: 1, stderr: expect.stringContaining("mirage stop shop") });
  expect((await mirage(["rm"], www)).code).toBe(2);
  await mirageOk(["rm", "--ended"], www);
  expect(await listed("--all")).toMatchObject([{ name: "shop", status: "running" }]);
  await mirageOk(["stop", "shop"], www);
  await mirageOk(["rm", "--ended"], www);
  expect(await listed("--all")).toEqual([]);
});

test("a published port that the unikernel does not serve is told with the one it serves", async () => {
  const running = startMirage(["run", "--publish", "127.0.0.1:0:81"], www);
  await running.says(/port 81 is published, but the unikernel serves TCP port 80/);
});

test("logs -f shows what comes, and ends with the unikernel", async () => {
  await detached("shop");
  const following = startMirage(["logs", "--follow", "shop"], www);
  await following.says(/serves TCP port 80/);
  await mirageOk(["stop", "shop"], www);
  const { code, stdout } = await following.finished;
  expect(code).toBe(0);
  expect(stdout).toMatch(/sent SIGTERM to the unikernel/);
});

test("two of the same application get two names", async () => {
  await detached("www");
  const second = await mirageOk(["run", "--detach", "--publish", "127.0.0.1:0:80"], www);
  expect(second.stdout).toBe("www-2\n");
  const taken = await mirage(["run", "--detach", "--name", "www"], www);
  expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining("mirage stop www") });
  await mirageOk(["stop", "www-2", "www"], www);
  expect(await listed()).toEqual([]);
});

test("one that ends by itself leaves its log and its exit code", async () => {
  await mirageOk(["run", "--detach"], hello);
  await mirageOk(["logs", "-f", "hello"], hello);
  const { stdout } = await mirageOk(["logs", "hello"], hello);
  const printed = stdout.split("\n").filter((line) => /^(hello|world)$/.test(line));
  expect(printed).toEqual(["hello", "world", "hello", "world"]);
  expect(await listed()).toEqual([]);
  expect(await listed("--all")).toMatchObject([
    { name: "hello", status: "ended", exit: { code: 0 } },
  ]);
  await mirageOk(["stop", "hello"], hello);
  expect(await listed("--all")).toEqual([]);
});

test("what cannot start says so, and leaves nothing", async () => {
  const failed = await mirage(["run", "--detach", "--publish", "192.0.2.1:80:80"], www);
  expect(failed).toMatchObject({ code: 1, stdout: "" });
  expect(failed.stderr).toContain("192.0.2.1 is not an address of this machine");
  expect(await listed("--all")).toEqual([]);
});

test("one that is killed at once is noted as ended, every time", async () => {
  for (let time = 0; time < 5; time++) {
    await detached("brief");
    await mirageOk(["stop", "--kill", "brief"], www);
    expect(await listed("--all")).toMatchObject([{ name: "brief", status: "ended" }]);
  }
});

test("a killed supervisor is noticed and said, and can be forgotten", async () => {
  const url = await detached("shop");
  const [instance] = await listed();
  process.kill(instance?.pid ?? 0, "SIGKILL");
  await expect.poll(() => isThere(instance?.pid ?? 0)).toBe(false);
  const { stdout, stderr } = await mirageOk(["ps"], www);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/shop: its process \d+ is gone without a word/);
  await expect(fetch(url)).rejects.toThrow();
  expect((await mirageOk(["logs", "shop"], www)).stdout).toMatch(/serves TCP port 80/);
  await mirageOk(["stop", "shop"], www);
  expect(await listed("--all")).toEqual([]);
});

test("one in the foreground is listed and can be stopped from elsewhere", async () => {
  const running = startMirage(["run", "--publish", "127.0.0.1:0:80"], www);
  await running.says(/serves TCP/);
  expect(await listed()).toMatchObject([{ name: "www", status: "running" }]);
  const logs = await mirage(["logs", "www"], www);
  expect(logs).toMatchObject({ code: 1, stderr: expect.stringContaining("--detach") });
  await mirageOk(["stop", "www"], www);
  expect((await running.finished).code).toBe(143);
  expect(await listed("--all")).toEqual([]);
});

test("unknown names are errors before anything is stopped", async () => {
  await detached("shop");
  const wrong = await mirage(["stop", "shop", "shopp"], www);
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("did you mean shop?") });
  expect(await listed()).toHaveLength(1);
});

test("a domain whose supervisor is gone goes on, is shown so, and can be stopped", async () => {
  const folder = join(inject("home"), ".local/state/mirage/instances/waits");
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const record = {
    format: 1,
    name: "waits",
    target: "xen",
    conf: "/waits.conf",
    supervisor: { pid: 1, started: -1, boot: "an earlier one" },
    since: "2026-01-01T00:00:00.000Z",
    phase: "running",
    isDetached: false,
    published: [],
    domain: { id: 23, name: "waits" },
  };
  writeFileSync(join(folder, "instance.json"), JSON.stringify(record));
  // A host with a domain 23, as xl shows it, until somebody shuts it down.
  const table = join(repository, "packages/xl/src/host/testdata/list-v.txt");
  const tools = temporaryFolder();
  const xl = `#!/bin/sh
case $1 in
list) if [ -e ${tools}/down ]; then grep -v waits ${table}; else cat ${table}; fi ;;
shutdown) [ "$*" = "shutdown -- 23" ] && touch ${tools}/down ;;
esac`;
  writeFileSync(join(tools, "xl"), xl, { mode: 0o755 });
  const withXl = (...args: string[]) => {
    return startMirage(args, www, ["env", `PATH=${tools}:${process.env.PATH}`]).finished;
  };
  const shown = await withXl("ps");
  expect(shown.stdout).toMatch(/^waits +\S+ +xen +running, not followed$/m);
  expect(shown.stderr).toContain("its domain waits goes on");
  expect(await withXl("stop", "waits")).toMatchObject({ code: 0 });
  expect(existsSync(join(tools, "down"))).toBe(true);
  expect(await listed("--all")).toEqual([]);
});

describe.runIf(isRoot)("with and without sudo", () => {
  const nobody = 65534;
  let machine: ChildProcess;
  let state: string;

  /** A file system without the real /run, so that nothing of this machine is seen or touched. */
  beforeAll(async () => {
    const jobs: (() => void)[] = [];
    machine = spawn(
      "unshare",
      ["--mount", "sh", "-c", "mount -t tmpfs none /run && echo && exec sleep 3600"],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    if (machine.stdout) await once(machine.stdout, "data");
    state = join(
      temporaryFolder((job) => jobs.push(job)),
      "state",
    );
    mkdirSync(state);
    chmodSync(join(state, ".."), 0o755);
    chownSync(state, nobody, nobody);
    return async () => {
      machine.kill();
      await once(machine, "exit");
      for (const job of jobs) job();
    };
  });

  const inside = () => {
    return ["nsenter", `--mount=/proc/${machine.pid}/ns/mnt`, "env", `--chdir=${www}`];
  };
  const user = () => [...inside(), ...asNobody, "env", `XDG_STATE_HOME=${state}`];
  /** As `sudo --preserve-env` runs it. */
  const sudo = () => [...inside(), "env", `XDG_STATE_HOME=${state}`, `SUDO_UID=${nobody}`];

  async function ok(prefix: readonly string[], ...args: string[]) {
    const outcome = await startMirage(args, www, prefix).finished;
    if (outcome.code !== 0) throw new Error(outcome.stderr);
    return outcome;
  }

  const names = (json: string) =>
    (JSON.parse(json) as Listed[]).map(({ name, user }) => [name, user]);

  test("the same is seen, and root's is root's to stop", async () => {
    const run = ["run", "--detach", "--publish", "127.0.0.1:0:80", "--name"];
    await ok(user(), ...run, "mine");
    await ok(sudo(), ...run, "roots");
    const asUser = names((await ok(user(), "ps", "--json")).stdout);
    expect(asUser).toEqual([
      ["mine", "nobody"],
      ["roots", "root"],
    ]);
    expect(names((await ok(sudo(), "ps", "--json")).stdout)).toEqual(asUser);
    expect((await ok(user(), "logs", "roots")).stdout).toContain("serves TCP port 80");
    const refused = await startMirage(["stop", "roots"], www, user()).finished;
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("sudo mirage stop roots"),
    });
    await ok(sudo(), "stop", "roots", "mine");
    await ok(user(), "rm", "mine");
    await ok(sudo(), "rm", "roots");
    expect((await ok(user(), "ps", "--all", "--json")).stdout).toBe("[]\n");
  });
});
