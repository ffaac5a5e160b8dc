import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { temporaryFolder } from "./support/mirage.js";

const bin = fileURLToPath(
  new URL("../../packages/opam-resolver/bin/opam-resolve.cjs", import.meta.url),
);
const library = new URL("../../packages/opam-resolver/dist/index.js", import.meta.url).href;

function opamResolve(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const run = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** Enough names for them to be read in threads, each of which needs the next one. */
const names = 500;
/** A version that can't be read, so that the one before it is chosen. */
const malformed = 321;

describe("a large repository, whole", () => {
  let folder: string;
  let cache: string;
  let expected: string;

  beforeAll(() => {
    folder = temporaryFolder(afterAll);
    cache = join(folder, "cache");
    const text = 'This is no field:\ndepends: ["x"]\n'.repeat(40);
    const description = `description: """\n${text}"""\n`;
    const plan: string[] = [];
    for (let i = 0; i < names; i++) {
      for (const version of [1, 2]) {
        const needs = i + 1 < names ? `depends: "p${i + 1}" {>= "1"}\n` : "";
        const end = i === malformed && version === 2 ? 'depends: [ "' : "";
        const file = join(folder, `repo/packages/p${i}/p${i}.${version}/opam`);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, `opam-version: "2.0"\n${description}${needs}${end}`);
      }
      plan.unshift(`install p${i}.${i === malformed ? 1 : 2}\n`);
    }
    expected = plan.join("");
  });

  const archives = [
    ["repo.tar", "-cf"],
    ["repo.tar.gz", "-czf"],
  ] as const;

  test("as a folder, without an index and with one", () => {
    for (let run = 0; run < 2; run++) {
      const told = opamResolve("--repo", join(folder, "repo"), "--cache", cache, "p0");
      expect(told).toEqual({ code: 0, stdout: expected, stderr: "" });
    }
  });

  test.each(archives)("as %s", (name, flag) => {
    const path = join(folder, name);
    const { status } = spawnSync("tar", [flag, path, "-C", join(folder, "repo"), "packages"]);
    expect(status).toBe(0);
    const told = opamResolve("--repo", path, "--cache", cache, "p0");
    expect(told).toEqual({ code: 0, stdout: expected, stderr: "" });
    // Cut short it is no archive, and says so.
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
    const cut = opamResolve("--repo", path, "--cache", cache, "p0");
    expect(cut).toMatchObject({ code: 3, stdout: "" });
    expect(cut.stderr).toContain(`${path} can't be read: `);
    expect(cut.stderr).toMatch(/it is cut short|unexpected end of file/);
  });

  test.each([
    ["--repo", "repo/packages", "FILE is not an opam repository\n"],
    ["--repo", "text", "FILE can't be read: it is not a tar archive\n"],
    ["--repo", "nothing", "FILE: no such file or directory\n"],
    ["--switch-state", "text", "FILE:1:4: error: expected `:`, but found `archive`"],
    ["--switch-state", "nothing", "FILE: no such file or directory\n"],
    ["--switch-state", "repo", "FILE: illegal operation on a directory\n"],
    ["--env", "text", "FILE is not JSON: "],
    ["--env", "list.json", "FILE holds no variables\n"],
    ["--env", "numbers.json", "FILE has values of other types than strings"],
    ["--pin", "nothing", "FILE: no such file or directory\n"],
    ["--pin", "text", "FILE:1:4: error: expected `:`, but found `archive`"],
    ["--opam-root", "repo", "FILE is not an opam root\n"],
  ])("what can't be read is refused: %s %s", (option, name, message) => {
    const file = join(folder, name);
    writeFileSync(join(folder, "text"), "no archive\n".repeat(100));
    writeFileSync(join(folder, "list.json"), "[1]");
    writeFileSync(join(folder, "numbers.json"), '{"jobs": 2}');
    const source = option === "--repo" ? [] : ["--repo", join(folder, "repo")];
    const value = option === "--pin" ? `p0=${file}` : file;
    const told = opamResolve(...source, option, value, "--cache", cache, "p0");
    expect(told).toMatchObject({ code: 3, stdout: "" });
    expect(told.stderr).toContain(message.replace("FILE", file));
  });

  test.each(["repo", "whole.tar"])("while %s is read, the caller can give up", (name) => {
    const path = join(folder, name);
    if (name !== "repo") spawnSync("tar", ["-cf", path, "-C", join(folder, "repo"), "packages"]);
    const args = ["--input-type=module", "--eval", givingUp, library, path];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "AbortError\n", stderr: "" });
  });
});

/** Opens a repository with the compiled library, and gives up as soon as the first files are read. */
const givingUp = `
  const { Resolver, sourceAt } = await import(process.argv[1]);
  const controller = new AbortController();
  const progress = (files) => files > 0 && setImmediate(() => controller.abort());
  await Resolver.open([sourceAt(process.argv[2])], {
    cacheFolder: false,
    signal: controller.signal,
    progress,
  }).then(
    () => console.log("opened"),
    (error) => console.log(error.name),
  );
`;

describe("the command line", () => {
  let repo: string;

  beforeAll(() => {
    repo = temporaryFolder(afterAll);
    for (const [id, text] of Object.entries({
      "app.1": 'depends: ["lib" "check" {with-test} "tool" {with-doc}]',
      "lib.1": "",
      "lib.2": "",
      "check.1": 'conflicts: "lib" {>= "2"}',
      "tool.1": "",
      "old.1": 'depends: "lib" {< "2"}',
    })) {
      const file = join(repo, `packages/${id.slice(0, id.indexOf("."))}/${id}/opam`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `opam-version: "2.0"\n${text}\n`);
    }
  });

  const ask = (...args: string[]) => opamResolve("--no-cache", "--repo", repo, ...args);

  test("requests, options and states", () => {
    expect(ask("app").stdout).toBe("install lib.2\ninstall app.1\n");
    expect(ask("-t", "-d", "app").stdout).toBe(
      "install check.1\ninstall lib.1\ninstall tool.1\ninstall app.1\n",
    );
    expect(ask("--installed", "lib.1", "app").stdout).toBe("install app.1\n");
    expect(ask("--upgrade", "--installed", "lib.1").stdout).toBe("remove lib.1\ninstall lib.2\n");
    expect(
      ask("--remove", "-a", "app", "--installed", "app.1", "--installed", "lib.1").stdout,
    ).toBe("remove app.1\nremove lib.1\n");
    expect(ask("--pin", "lib.1", "app").stdout).toBe("install lib.1\ninstall app.1\n");
  });

  test("what there is no plan for: exit code 1, with the reason", () => {
    const told = ask("--explain", "app", "old", "lib>=2");
    expect(told).toMatchObject({ code: 1, stderr: "" });
    expect(told.stdout).toBe(
      [
        "There is no solution:",
        "  - you asked for old and lib >= 2",
        "  - old needs lib < 2",
        "What is possible instead:",
        "  - the newest lib that goes with the rest is 1",
        "",
      ].join("\n"),
    );
    const json = JSON.parse(ask("--json", "--explain", "old", "lib>=2").stdout);
    expect(json.reasons).toEqual(["you asked for old and lib >= 2", "old needs lib < 2"]);
    expect(ask("--opam-json", "liib").stderr).toContain("did you mean lib?");
  });

  test("nothing to be done is said", () => {
    const told = ask("--installed", "lib.2", "lib");
    expect(told).toEqual({ code: 0, stdout: "Nothing to do.\n", stderr: "" });
  });

  describe("a search without end", () => {
    let endless: string;

    beforeAll(() => {
      // More pigeons than holes; a hole is a package whose version is the pigeon in it.
      endless = temporaryFolder(afterAll);
      const numbers = Array.from({ length: 15 }, (_, i) => i);
      const holes = numbers.slice(1).map((i) => `hole-${i}`);
      const write = (name: string, version: number, text: string) => {
        const file = join(endless, `packages/${name}/${name}.${version}/opam`);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, `opam-version: "2.0"\n${text}\n`);
      };
      for (const name of holes) for (const pigeon of numbers) write(name, pigeon, "");
      const needs = numbers.map((i) => `(${holes.map((h) => `"${h}" {= "${i}"}`).join(" | ")})`);
      write("pigeons", 1, `depends: [${needs.join(" ")}]`);
    });

    test("is given up at the time limit: exit code 4", () => {
      const told = opamResolve("--no-cache", "--repo", endless, "--timeout", "0.2", "pigeons");
      expect(told).toMatchObject({ code: 4, stdout: "" });
      expect(told.stderr).toContain("the search was not done within 0.2 s");
    });

    test("is ended by Ctrl-C: exit code 130", async () => {
      const cache = join(endless, "cache");
      const args = [bin, "--repo", endless, "--cache", cache, "pigeons"];
      const child = spawn(process.execPath, args, { stdio: "ignore" });
      const end = once(child, "exit");
      // Its index is written just before it begins to search.
      await vi.waitFor(() => expect(readdirSync(cache).join()).toMatch(/[.]index(,|$)/), 20_000);
      child.kill("SIGINT");
      expect(await end).toEqual([130, null]);
    });
  });

  test("what it can't make sense of: exit code 2", () => {
    for (const args of [[], ["--nonsense"], ["lib<>1"], ["--upgrade", "--remove", "lib"]]) {
      expect(ask(...args)).toMatchObject({ code: 2, stdout: "" });
    }
  });
});
