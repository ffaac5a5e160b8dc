import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { launch } from "../test/launch.js";
import type { RunOptions } from "./index.js";
import { profileOf } from "./sandbox.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-sandbox-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a program that is run as a unikernel prints. */
async function output(script: string, options: Partial<RunOptions> = {}): Promise<string> {
  const binary = join(folder, "mir-script");
  writeFileSync(binary, `#!/bin/sh\n${script}\n`);
  chmodSync(binary, 0o755);
  let text = "";
  const onOutput = (chunk: Buffer) => {
    text += chunk;
  };
  const run = launch({ mode: "direct", binary, cwd: folder, onOutput, ...options });
  await run.exit;
  return text;
}

test("the environment has what is meant for a unikernel, and nothing else", async () => {
  process.env.SECRET_TOKEN = "hunter2";
  process.env.OCAMLRUNPARAM = "b";
  onTestFinished(() => {
    delete process.env.SECRET_TOKEN;
    delete process.env.OCAMLRUNPARAM;
  });
  const names = async (options: Partial<RunOptions>) =>
    (await output("env", { env: { OWN: "1" }, ...options }))
      .split("\n")
      .map((line) => line.replace(/=.*/, ""))
      .filter((name) => name !== "");
  const strict = await names({});
  expect(strict).toEqual(
    expect.arrayContaining(["MIRAGE_SANDBOX", "MIRAGE_STATUS_FD", "OCAMLRUNPARAM", "OWN"]),
  );
  const expected =
    /^(MIRAGE_\w+|OCAMLRUNPARAM|CAMLRUNPARAM|OWN|LANG|LC_ALL|LC_CTYPE|TZ|PWD|_|SHLVL)$/;
  expect(strict.filter((name) => !expected.test(name))).toEqual([]);
  expect(await names({ sandbox: "unix" })).not.toContain("SECRET_TOKEN");
  expect(await names({ sandbox: "none" })).toContain("SECRET_TOKEN");
});

test.each(["strict", "unix"] as const)(
  "no privileges, and none to get, before the program's first instruction: %s",
  async (sandbox) => {
    const status = await output("exec cat /proc/self/status", { sandbox });
    const none = "0000000000000000";
    for (const name of ["CapInh", "CapPrm", "CapEff", "CapAmb"]) {
      expect(status).toContain(`${name}:\t${none}\n`);
    }
    if (process.getuid?.() === 0) expect(status).toContain(`CapBnd:\t${none}\n`);
    expect(status).toContain("NoNewPrivs:\t1\n");
  },
);

test("without a sandbox, it has what this process has", async () => {
  const own = readFileSync("/proc/self/status", "utf8");
  const status = await output("exec cat /proc/self/status", { sandbox: "none" });
  for (const pattern of [/^CapEff:.*$/m, /^NoNewPrivs:.*$/m]) {
    expect(pattern.exec(status)?.[0]).toBe(pattern.exec(own)?.[0]);
  }
});

test("files are opened for it", async () => {
  writeFileSync(join(folder, "disk one.img"), "disk");
  writeFileSync(join(folder, "read.img"), "read");
  const files = ["disk one.img", "read.img", "absent.img", "read.img"];
  const text = await output('echo "$MIRAGE_FILES"; cat <&3; echo; cat <&4; echo hello >&3', {
    files,
  });
  expect(text).toBe("3 rw disk one.img\n4 rw read.img\ndisk\nread");
  expect(readFileSync(join(folder, "disk one.img"), "utf8")).toBe("diskhello\n");
});

test("the profile is that of its target, and of its ports", () => {
  const place = { mode: "socket", ports: [8080], sandbox: "strict" } as const;
  expect(profileOf(place)).toBe("socket");
  expect(profileOf({ ...place, mode: "direct" })).toBe("direct");
  expect(profileOf({ ...place, sandbox: "unix" })).toBe("unix");
  expect(profileOf({ ...place, sandbox: "none" })).toBe("");
  expect(profileOf(place, "freebsd")).toBe("");
  const isRoot = process.getuid?.() === 0;
  for (const ports of [[80], []]) {
    expect(profileOf({ ...place, ports })).toBe(isRoot ? "low-ports" : "socket");
  }
});

test("what its sandbox ended is explained", async () => {
  const binary = join(folder, "mir-script");
  writeFileSync(binary, "#!/bin/sh\nkill -SYS $$\n");
  chmodSync(binary, 0o755);
  const run = launch({ mode: "direct", binary, cwd: folder });
  expect(await run.exit).toEqual({ code: null, signal: "SIGSYS" });
  expect(run.seen).toContainEqual({
    type: "warning",
    message: expect.stringContaining("its sandbox ended it"),
    hint: expect.stringContaining("sandbox: unix"),
  });
});
