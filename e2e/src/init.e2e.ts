import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { exchange } from "./support/datagram.js";
import {
  mirage,
  mirageOk,
  Running,
  repository,
  run,
  startMirage,
  temporaryFolder,
  userEnv,
} from "./support/mirage.js";
import { isRoot, networkNamespace } from "./support/namespace.js";

interface Listed {
  readonly name: string;
  readonly targets: readonly string[];
}

/** What `mirage init` wrote, shared by the targets of a template. */
function initialised(template: string) {
  let folder = "";
  beforeAll(async () => {
    const jobs: (() => void)[] = [];
    folder = temporaryFolder((job) => jobs.push(job));
    await mirageOk(["init", template, "--name", "app"], folder);
    return () => {
      for (const job of jobs) job();
    };
  });
  return async (target: string) => {
    await mirageOk(["configure", target], folder);
    await mirageOk(["build"], folder);
    return folder;
  };
}

/** Runs it with the words after --publish, and returns the port of this machine. */
async function published(folder: string, port: string): Promise<{ port: number; app: Running }> {
  const app = startMirage(["run", "--publish", `127.0.0.1:0:${port}`], folder);
  const [, host] = await app.says(/127\.0\.0\.1:(\d+)/);
  await app.says(/is ready/);
  return { port: Number(host), app };
}

/** What a path of the application on the host's sockets says, in a network of the test's own. */
async function onSockets(folder: string, path: string): Promise<string> {
  const { exec } = networkNamespace(onTestFinished);
  await startMirage(["run"], folder, exec).says(/serves TCP/);
  const [ip = "", ...words] = exec;
  const url = `http://127.0.0.1:8080${path}`;
  return (await run(ip, [...words, "curl", "-sS", "--max-time", "20", url])).stdout;
}

async function xenKernel(build: (target: string) => Promise<string>): Promise<string> {
  const kernel = join(await build("--xen"), "mir-app.xen");
  expect(existsSync(kernel)).toBe(true);
  return kernel;
}

test("each template is tested on each target that it claims", async () => {
  const { stdout } = await mirageOk(["init", "--list", "--json"], temporaryFolder());
  const claims = (JSON.parse(stdout) as Listed[]).map(({ name, targets }) => [name, ...targets]);
  expect(claims).toEqual([
    ["hello", "--unix", "--socket", "--xen", "--js"],
    ["site", "--unix", "--socket", "--xen", "--js"],
    ["http", "--unix", "--socket", "--xen", "--js"],
    ["ping", "--unix", "--xen", "--js"],
    ["block", "--unix", "--socket", "--xen", "--js"],
  ]);
});

describe("hello", () => {
  const build = initialised("hello");

  test.each(["--unix", "--socket"])("%s", async (target) => {
    const { stdout } = await mirageOk(["run"], await build(target));
    expect(stdout).toBe("hello\n".repeat(4));
  });

  test("--xen, under plain QEMU", async () => {
    const machine = "-accel tcg -cpu qemu64,+rdrand -m 64 -nographic -no-reboot";
    const args = [...machine.split(" "), "-kernel", await xenKernel(build)];
    const { stdout } = await run("timeout", ["60", "qemu-system-x86_64", ...args]);
    expect(stdout.replaceAll("\r", "")).toContain("hello\n".repeat(4));
  });
});

describe("site", () => {
  const build = initialised("site");

  test("--unix", async () => {
    const folder = await build("--unix");
    const { port, app } = await published(folder, "8080");
    for (const [path, file] of [
      ["/", "index.html"],
      ["/style.css", "style.css"],
    ]) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      expect(await response.text()).toBe(readFileSync(join(folder, "htdocs", file ?? ""), "utf8"));
    }
    expect((await fetch(`http://127.0.0.1:${port}/none`)).status).toBe(404);
    await app.says(/^\/style\.css$/m);
  });

  test.runIf(isRoot)("--socket", async () => {
    expect(await onSockets(await build("--socket"), "/")).toContain("It works");
  });

  test("--xen", () => xenKernel(build));
});

describe("http", () => {
  const build = initialised("http");

  test("--unix", async () => {
    const { port } = await published(await build("--unix"), "8080");
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    expect(await get("/hello/w%C3%B6rld")).toBe("hello wörld\n");
    expect(await get("/time")).toMatch(/^\d\d:\d\d:\d\d UTC\n$/);
    expect((await fetch(`http://127.0.0.1:${port}/none`)).status).toBe(404);
  });

  test.runIf(isRoot)("--socket", async () => {
    expect(await onSockets(await build("--socket"), "/hello/you")).toBe("hello you\n");
  });

  test("--xen", () => xenKernel(build));
});

describe("ping", () => {
  const build = initialised("ping");

  test("--unix", async () => {
    const { port, app } = await published(await build("--unix"), "7/udp");
    expect(await exchange(port, "there?")).toBe("there?");
    await app.says(/6 octets from 10\.0\.0\.1:/);
  });

  test("--xen", () => xenKernel(build));
});

describe("block", () => {
  const build = initialised("block");

  test("--unix and --socket count on the same disk", async () => {
    const folder = await build("--unix");
    expect((await mirageOk(["run"], folder)).stdout).toBe("start number 1\n");
    expect((await mirageOk(["run"], folder)).stdout).toBe("start number 2\n");
    await build("--socket");
    expect((await mirageOk(["run"], folder)).stdout).toBe("start number 3\n");
  });

  test("--xen", () => xenKernel(build));
});

describe("without a template", () => {
  test("it asks on a terminal", async () => {
    const folder = temporaryFolder();
    const bin = join(repository, "apps/mirage/bin/mirage.js");
    const command = `stty cols 80 rows 24; ${process.execPath} ${bin} init`;
    const terminal = new Running("script", ["-qec", command, "/dev/null"], {
      cwd: folder,
      env: { ...userEnv(), TERM: "xterm" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const down = "\x1b[B";
    await terminal.says(/What kind/);
    terminal.child.stdin?.write(`${down}\r`);
    await terminal.says(/In which folder/);
    terminal.child.stdin?.write("new\r");
    await terminal.says(/What is it called/);
    terminal.child.stdin?.write("my site\r");
    await terminal.says(/such as my-site/);
    terminal.child.stdin?.write("\x7f\x7f\x7f\x7f\x7fwww\r");
    await terminal.says(/mirage configure/);
    terminal.child.stdin?.end();
    expect((await terminal.finished).code).toBe(0);
    expect(readdirSync(join(folder, "new")).sort()).toEqual([
      ".gitignore",
      "htdocs",
      "mywww.conf",
      "unikernel.ml",
    ]);
  });

  test("it says what to write where nobody can be asked", async () => {
    const folder = temporaryFolder();
    expect(await mirage(["init"], folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("mirage init hello"),
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("what is in the way stays, and nothing else is written", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "unikernel.ml"), "(* mine *)\n");
  const refused = await mirage(["init", "site"], folder);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("unikernel.ml") });
  expect(readdirSync(folder)).toEqual(["unikernel.ml"]);
  expect(readFileSync(join(folder, "unikernel.ml"), "utf8")).toBe("(* mine *)\n");
});
