import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { privateTarget, readInstalled } from "@mirage/opam-driver";
import { readRuntime, runtimeVersions } from "@mirage/opam-system";
import { beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { type Outcome, Running, temporaryFolder } from "../../src/support/mirage.js";
import { type Client, clientEnv, globalPackages, mirageCommand, runOk } from "./support/client.js";
import { measure } from "./support/measure.js";
import { publicPackages, versionsIn } from "./support/packages.js";
import { release } from "./support/release.js";
import { git } from "./support/workspace-copy.js";

const clients: readonly Client[] = ["npm", "pnpm"];
const workspace = inject("workspace");
const registry = inject("registry");
const home = inject("user");
const env = clientEnv(home, registry);
const user = { cwd: home, env };

/** Runs the installed command, which must succeed. */
function mirage(client: Client, args: readonly string[], cwd: string): Promise<Outcome> {
  return runOk(mirageCommand(client, home), args, { cwd, env });
}

/** An application that `mirage init` wrote, apart from every workspace. */
async function newApp(client: Client, jobs: (() => void)[] = []): Promise<string> {
  const folder = temporaryFolder((job) => jobs.push(job));
  await mirage(client, ["init", "site", "--name", "site"], folder);
  return folder;
}

/** Runs a built application and returns the page that it serves. */
async function servedPage(client: Client, cwd: string): Promise<string> {
  const args = ["run", "--publish", "127.0.0.1:0:8080"];
  const running = new Running(mirageCommand(client, home), args, { cwd, env });
  onTestFinished(async () => {
    running.child.kill("SIGTERM");
    await running.finished;
  });
  const [url] = await running.says(/http:\/\/127\.0\.0\.1:\d+\//);
  await running.says(/serves TCP port/);
  return await (await fetch(url, { signal: AbortSignal.timeout(30_000) })).text();
}

/** Which versions of our OCaml packages opam should have: they follow from their sources. */
async function ocamlVersions(): Promise<ReadonlyMap<string, string>> {
  const folders = publicPackages(workspace).map(({ folder }) => folder);
  const ocaml = folders.filter((folder) => existsSync(join(folder, "dune-project")));
  return runtimeVersions(await Promise.all(ocaml.map(readRuntime)));
}

/** Which versions of our OCaml packages opam has installed for the user. */
async function ocamlInstalled(): Promise<Map<string, string>> {
  const data = join(home, ".local/share/mirage");
  const compiler = (await runOk("ocamlfind", ["ocamlc", "-version"], user)).stdout;
  const all = await readInstalled(privateTarget(data, compiler.trim()));
  return new Map([...(all ?? [])].filter(([name]) => name.startsWith("mirage-")));
}

describe.each(clients)("installed with %s", (client) => {
  let app: string;
  beforeAll(async () => {
    const words = client === "npm" ? ["install", "--global"] : ["add", "--global"];
    await runOk(client, [...words, "@mirage/cli"], user);
    const jobs: (() => void)[] = [];
    app = await newApp(client, jobs);
    return () => {
      for (const job of jobs) job();
    };
  });

  test("the command and all that it calls are those that were published", async () => {
    const { stdout } = await mirage(client, ["--version"], home);
    const versions = versionsIn(workspace);
    expect(stdout.trim()).toBe(versions["@mirage/cli"]);
    const found = [...(await globalPackages(client, user))];
    const ours = found.filter(([name]) => name.startsWith("@mirage/"));
    for (const [name, version] of ours) expect([name, version]).toEqual([name, versions[name]]);
    expect(ours.length).toBeGreaterThan(15);
  });

  test("an application becomes a process that serves", async () => {
    await mirage(client, ["configure", "--unix"], app);
    await mirage(client, ["build"], app);
    expect(await servedPage(client, app)).toContain("<html");
  });

  test("opam has the OCaml packages that npm brought", async () => {
    const expected = await ocamlVersions();
    const found = await ocamlInstalled();
    expect([...found.keys()]).toContain("mirage-runtime-net");
    for (const [name, version] of found)
      expect([name, version]).toEqual([name, expected.get(name)]);
  });

  test("the same application becomes a kernel for Xen", async () => {
    await mirage(client, ["configure", "--xen"], app);
    await mirage(client, ["build"], app);
    const kernel = readFileSync(join(app, "mir-site.xen"));
    expect(kernel.subarray(0, 4).toString("latin1")).toBe("\x7fELF");
  });
});

test("npm installs the manual beside the command", async () => {
  const pages = join(home, "npm/share/man/man1");
  expect(readFileSync(join(pages, "mirage-run.1"), "utf8")).toContain("\\-\\-publish");
});

test("the command is a small installation", () => {
  const { packages, bytes } = measure(join(home, "npm/lib/node_modules"));
  const megabytes = (bytes / 1e6).toFixed(1);
  console.log(`@mirage/cli: ${packages} packages, ${megabytes} MB with everything that it needs`);
  // docs/install.md says so.
  expect(packages).toBeLessThan(70);
  expect(bytes).toBeLessThan(15e6);
});

/** A runtime, and what depends on it, at first or second hand. */
const withNewVersions = [
  "@mirage/application",
  "@mirage/cli",
  "@mirage/dependencies",
  "@mirage/language-server",
  "@mirage/launch",
  "@mirage/runtime-unix",
];

describe("a second version of one package", () => {
  const before = versionsIn(workspace);
  let app: string;

  beforeAll(async () => {
    const jobs: (() => void)[] = [];
    app = await newApp("npm", jobs);
    await mirage("npm", ["configure", "--unix"], app);
    await mirage("npm", ["build"], app);
    const source = join(workspace, "packages/runtime-unix/lib/clock.ml");
    appendFileSync(source, "\nlet _second_version = ()\n");
    writeFileSync(
      join(workspace, ".changeset/second.md"),
      '---\n"@mirage/runtime-unix": patch\n---\n\nIt is the second.\n',
    );
    git(workspace, "add", "--all");
    git(workspace, "commit", "--quiet", "--message", "A second version");
    return () => {
      for (const job of jobs) job();
    };
  });

  test("a dry run says what goes out, and changes nothing", async () => {
    const commit = git(workspace, "rev-parse", "HEAD");
    const printed = await release(workspace, registry, "--dry-run");
    const names = printed
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0]);
    expect(names).toEqual(withNewVersions);
    expect(printed).toContain("It is the second.");
    expect(git(workspace, "status", "--porcelain")).toBe("");
    expect(git(workspace, "rev-parse", "HEAD")).toBe(commit);
  });

  test("the release is a commit of new versions and changelogs, and no more", async () => {
    await release(workspace, registry);
    const after = versionsIn(workspace);
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed.sort()).toEqual(withNewVersions);
    const files = git(workspace, "show", "--name-only", "--format=", "HEAD").trim().split("\n");
    expect(files.map((file) => basename(file)).sort()).toEqual([
      ...withNewVersions.map(() => "CHANGELOG.md"),
      "dune-project",
      "mirage-runtime-unix.opam",
      ...withNewVersions.map(() => "package.json"),
      "second.md",
    ]);
    const lines = git(workspace, "show", "--format=", "HEAD", "--", "*/package.json", "*.opam");
    for (const line of lines.split("\n").filter((text) => /^\+[^+]/.test(text))) {
      expect(line).toMatch(/version"?:/);
    }
    const opam = join(workspace, "packages/runtime-unix/mirage-runtime-unix.opam");
    expect(readFileSync(opam, "utf8")).toContain(`version: "${after["@mirage/runtime-unix"]}"`);
    expect(git(workspace, "status", "--porcelain")).toBe("");
  });

  test("there is nothing left to go out", async () => {
    expect(await release(workspace, registry, "--dry-run")).toMatch(/^Nothing/);
  });

  test.each(clients)("%s brings it, and nothing else", async (client) => {
    const was = await globalPackages(client, user);
    await runOk(client, ["update", "--global", "@mirage/cli"], user);
    const now = await globalPackages(client, user);
    const changed = [...now].filter(([name, version]) => was.get(name) !== version);
    expect(changed.map(([name]) => name).sort()).toEqual(withNewVersions);
    expect(now.size).toBe(was.size);
  });

  test("opam builds what changed, and the application still works", async () => {
    const was = await ocamlInstalled();
    await mirage("npm", ["configure", "--unix"], app);
    const now = await ocamlInstalled();
    const changed = [...now].filter(([name, version]) => was.get(name) !== version);
    expect(changed).toEqual([
      ["mirage-runtime-unix", (await ocamlVersions()).get("mirage-runtime-unix")],
    ]);
    await mirage("npm", ["build"], app);
    expect(await servedPage("npm", app)).toContain("<html");
  });
});
