import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { execute, type PlanEvent } from "./execute.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mirage-plan-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("writes with folders and mode, leaving no temporary file", async () => {
  const path = join(folder, "a/b/run.sh");
  await execute([{ kind: "write", path, content: "#!/bin/sh\n", mode: 0o755 }]);
  expect(await readFile(path, "utf8")).toBe("#!/bin/sh\n");
  expect((await stat(path)).mode & 0o777).toBe(0o755);
  expect(await readdir(join(folder, "a/b"))).toEqual(["run.sh"]);
});

test("a file that is equal already keeps its time stamp", async () => {
  const path = join(folder, "same");
  await writeFile(path, "same");
  const before = (await stat(path)).mtimeMs;
  const events: PlanEvent[] = [];
  await execute([{ kind: "write", path, content: "same" }], {
    onEvent: (event) => events.push(event),
  });
  expect((await stat(path)).mtimeMs).toBe(before);
  expect(events.at(-1)).toMatchObject({ kind: "done", changed: false });
});

test("removing what is absent is fine", async () => {
  await execute([{ kind: "remove", path: join(folder, "absent") }]);
});

test("a failing command names its last lines and its log, and ends the plan", async () => {
  const log = join(folder, "logs/make.log");
  const after = join(folder, "after");
  const plan = execute([
    {
      kind: "run",
      command: "sh",
      args: ["-c", "echo out; echo broken >&2; exit 3"],
      log,
      title: "the build",
    },
    { kind: "write", path: after, content: "" },
  ]);
  await expect(plan).rejects.toMatchObject({
    code: "ERR_MIRAGE_COMMAND_FAILED",
    message: expect.stringMatching(/^the build ended with exit code 3:\n[\s\S]*broken/),
    hint: expect.stringContaining(log),
  });
  expect(await readFile(log, "utf8")).toContain("out\n");
  await expect(stat(after)).rejects.toThrow();
});

test("a missing program is named", async () => {
  await expect(
    execute([{ kind: "run", command: "no-such-program", args: [] }]),
  ).rejects.toMatchObject({
    code: "ERR_MIRAGE_COMMAND_NOT_FOUND",
    hint: expect.stringContaining("no-such-program"),
  });
});

test("aborting ends a running command", async () => {
  const controller = new AbortController();
  const plan = execute([{ kind: "run", command: "sleep", args: ["60"] }], {
    signal: controller.signal,
    onEvent: () => setTimeout(() => controller.abort(), 20),
  });
  await expect(plan).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
});

test("aborting ends a process group, also what passes over the request", async () => {
  const controller = new AbortController();
  const pids = join(folder, "pids");
  // The shell waits for a child that ignores SIGTERM, as dune does while it reads what never ends.
  const script = `sh -c 'trap "" TERM; echo $$ >${pids}; while :; do sleep 1; done'; true`;
  const plan = execute([{ kind: "run", command: "sh", args: ["-c", script], ownGroup: true }], {
    signal: controller.signal,
  });
  await expect.poll(() => readFile(pids, "utf8").catch(() => "")).toMatch(/^\d+\n/);
  controller.abort();
  await expect(plan).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
  // Its new parent may not have waited for it yet.
  const status = `/proc/${(await readFile(pids, "utf8")).trim()}/status`;
  expect(await readFile(status, "utf8").catch(() => "State:\tZ")).toMatch(/^State:\tZ/m);
}, 20_000);

test("errors of the file system become MirageErrors", async () => {
  await writeFile(join(folder, "file"), "");
  const plan = execute([{ kind: "write", path: join(folder, "file/below"), content: "" }]);
  await expect(plan).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_MIRAGE_SYSTEM_/) });
});
