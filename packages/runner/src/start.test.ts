import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describePlan, record } from "@mirage/plan";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { launch } from "../test/launch.js";
import { runnerProcess } from "../test/processes.js";
import { planRun } from "./start.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-runner-test-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A unikernel for sockets, as a shell script. */
function script(text: string): string {
  const path = join(folder, "mir-test");
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

describe("in socket mode", () => {
  test("the program runs with its arguments, folder and environment", async () => {
    let output = "";
    const run = launch({
      mode: "socket",
      binary: script('echo "$1 $COLOUR $(pwd)"; echo "listen tcp 8080" >&$MIRAGE_STATUS_FD'),
      args: ["one"],
      cwd: folder,
      env: { COLOUR: "red" },
      onOutput: (chunk) => {
        output += chunk;
      },
    });
    expect(await run.exit).toEqual({ code: 0, signal: null });
    expect(output).toBe(`one red ${folder}\n`);
    await run.event("exited");
    expect(run.seen.map(({ type }) => type)).toEqual(["starting", "running", "serving", "exited"]);
  });

  test("what the program leaves behind is ended with it", async () => {
    const run = launch({ mode: "socket", binary: script("sleep 1000 & exit 4") });
    expect(await run.exit).toEqual({ code: 4, signal: null });
  });

  test("a port that this user may not listen on is warned of", async () => {
    const withoutPrivilege =
      process.geteuid?.() === 0
        ? ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"]
        : [];
    const options = { mode: "socket", binary: script("exit 0"), ports: [80, 8080] } as const;
    const warned = runnerProcess(options, { prefix: withoutPrivilege });
    expect(await warned.line("warning")).toMatchObject({
      message: expect.stringMatching(/^port 80 is below/),
    });
    const fine = launch({ ...options, ports: [8080] });
    await fine.event("exited");
    expect(fine.seen.map(({ type }) => type)).not.toContain("warning");
  });

  test("nothing can be published", async () => {
    const run = launch({ mode: "socket", binary: script("exit 0"), publish: ["8080:80"] });
    await expect(run.exit).rejects.toMatchObject({
      code: "ERR_MIRAGE_RUN_PUBLISH_SOCKET",
      hint: expect.stringContaining("leave --publish out"),
    });
    expect(run.seen).toEqual([]);
  });
});

describe("a program that can't be started", () => {
  test("because it isn't there", async () => {
    const run = launch({ mode: "socket", binary: join(folder, "mir-none") });
    await expect(run.exit).rejects.toMatchObject({
      code: "ERR_MIRAGE_RUN_NO_BINARY",
      hint: "run `mirage build` first",
    });
  });

  test("because it is none", async () => {
    const path = join(folder, "mir-text");
    writeFileSync(path, "");
    const run = launch({ mode: "socket", binary: path });
    await expect(run.exit).rejects.toMatchObject({ code: "ERR_MIRAGE_RUN_NOT_EXECUTABLE" });
  });
});

describe("planRun", () => {
  test("tells each step of a published run without doing any", () => {
    const plan = planRun({
      mode: "direct",
      binary: "/app/mir-www",
      publish: ["8080:80", "0:53/udp"],
    });
    expect(describePlan(plan, { cwd: "/app" })).toBe(
      [
        "do      listen on 127.0.0.1:8080: leads to TCP port 80 of the unikernel",
        "do      listen on any free port of 127.0.0.1: leads to UDP port 53 of the unikernel",
        "do      make a private network: a network namespace, which nothing else on this machine sees",
        "do      open a TAP device for net: the first free one, 10.0.0.1/24 for this machine's side",
        "do      start /app/mir-www: with the TAP devices handed over",
      ].join("\n"),
    );
  });

  test("has the DHCP server of a private network", () => {
    const networks = [{ device: "net", addressing: { kind: "dhcp" } }] as const;
    const plan = planRun({ mode: "direct", binary: "mir", networks, publish: ["8080:80"] });
    expect(record(plan).steps).toContain("serve DHCP to net");
    expect(record(planRun({ mode: "direct", binary: "mir", networks })).steps).not.toContain(
      "serve DHCP to net",
    );
  });

  test("is only the program in socket mode", () => {
    expect(record(planRun({ mode: "socket", binary: "/app/mir-www" })).steps).toEqual([
      "start /app/mir-www",
    ]);
  });
});
