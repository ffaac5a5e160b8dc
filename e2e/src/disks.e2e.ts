import { execFileSync } from "node:child_process";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { mirage, mirageOk, run, temporaryFolder, userEnv } from "./support/mirage.js";
import { isRoot } from "./support/namespace.js";

// A program on a disk of 64 KiB that waits, and one that prints 2 MB.
let disks: string;
let chatty: string;
const image = () => join(disks, "disk.img");

beforeAll(async () => {
  const jobs: (() => void)[] = [];
  const build = async (conf: string, unikernel: string) => {
    const folder = temporaryFolder((job) => jobs.push(job));
    writeFileSync(join(folder, "app.conf"), conf);
    writeFileSync(join(folder, "unikernel.ml"), unikernel);
    writeFileSync(join(folder, "disk.img"), Buffer.alloc(65_536));
    await mirageOk(["configure", "--socket"], folder);
    await mirageOk(["build"], folder);
    return folder;
  };
  disks = await build(
    "main-app: Unikernel.Main (time, disk)\nblock-disk: disk.img\n",
    `module Main (Time : V1_LWT.TIME) (B : V1_LWT.BLOCK) = struct
  let start _ = Time.sleep 600.
end
`,
  );
  chatty = await build(
    "main-app: Unikernel.Main (console)\n",
    `module Main (C : V1_LWT.CONSOLE) = struct
  let start c =
    let line = String.make 999 'x' in
    let rec go i = if i = 0 then Lwt.return_unit else Lwt.bind (C.log_s c line) (fun () -> go (i - 1)) in
    go 2000
end
`,
  );
  return () => {
    for (const job of jobs) job();
  };
});

interface Listed {
  readonly name: string;
  readonly status: string;
  readonly pid: number;
  readonly log: string;
  readonly exit?: { readonly code: number };
}

async function listed(): Promise<Listed[]> {
  return JSON.parse((await mirageOk(["ps", "--json", "--all"], disks)).stdout);
}

/** Starts the program on its disk in the background; it is ended with the test. */
async function detached(name: string): Promise<void> {
  onTestFinished(async () => {
    await mirage(["stop", "--kill", name], disks);
    await mirage(["rm", "--ended"], disks);
  });
  await mirageOk(["run", "--detach", "--name", name], disks);
}

test("a second writer of a disk is refused with the first one's name", async () => {
  await detached("one");
  const { code, stderr } = await mirage(["run", "--detach", "--name", "two"], disks);
  expect(code).toBe(1);
  expect(stderr).toContain("the instance one writes to the disk image disk.img");
  expect((await listed()).map(({ name }) => name)).toEqual(["one"]);
  // Without mirage, the runtime says it.
  const program = await run(join(disks, "mir-app"), [], { cwd: disks, env: userEnv() });
  expect(program).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("disk.img: another program has it open"),
  });
  await mirageOk(["stop", "one"], disks);
  await detached("three");
});

test.each([
  [1000, "the disk image disk.img has 1000 bytes, which is not a whole number of 512-byte sectors"],
  [0, "the disk image disk.img is empty"],
])("a disk image of %i octets is named before the start", async (size, message) => {
  truncateSync(image(), size);
  onTestFinished(() => truncateSync(image(), 65_536));
  const { code, stderr } = await mirage(["run"], disks);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect((await mirageOk(["check"], disks)).stderr).toContain("no program can use it");
});

test("an instance whose record cannot be read is listed, keeps its name, and can be stopped", async () => {
  await detached("one");
  const [{ log = "", pid = 0 } = {}] = await listed();
  const record = log.replace(/log$/, "instance.json");
  for (const text of [
    '{"name":',
    readFileSync(record, "utf8").replace(/"format": \d+/, '"format": 9'),
  ]) {
    writeFileSync(record, text);
    expect(await listed()).toMatchObject([{ name: "one", status: "unreadable", pid }]);
    const { stdout, stderr } = await mirageOk(["ps"], disks);
    expect(stdout).toMatch(new RegExp(`^one .* unreadable, pid ${pid}`, "m"));
    expect(stderr).toContain("`mirage stop one` ends it");
    const taken = await mirage(["run", "--detach", "--name", "one"], disks);
    expect(taken.stderr).toContain("there is an instance one already");
  }
  await mirageOk(["stop", "one"], disks);
  expect(await listed()).toMatchObject([{ name: "one", status: "ended" }]);
  await mirageOk(["rm", "one"], disks);
  expect(await listed()).toEqual([]);
});

test.runIf(isRoot)("the end is noted on a full disk, and a failed start leaves nothing", () => {
  const script = `
    mount -t tmpfs -o size=256k tmpfs "$1" && export XDG_STATE_HOME="$1"
    node=$2 bin=$3
    "$node" "$bin" run --detach --name chatty >/dev/null 2>&1
    for i in $(seq 100); do
      "$node" "$bin" ps --all 2>/dev/null | grep -q 'ended (0)' && echo noted && break
      sleep 0.1
    done
    "$node" "$bin" stop chatty 2>/dev/null
    head -c 300k /dev/zero >"$1/z" 2>/dev/null
    "$node" "$bin" run --detach 2>&1 | grep -o 'no space left on device'
    ls "$1/mirage/instances"`;
  const bin = join(import.meta.dirname, "../../apps/mirage/bin/mirage.js");
  const place = temporaryFolder();
  const output = execFileSync(
    "unshare",
    ["--mount", "sh", "-c", script, "sh", place, process.execPath, bin],
    { cwd: chatty, env: userEnv(), encoding: "utf8" },
  );
  expect(output).toBe("noted\nno space left on device\n");
});
