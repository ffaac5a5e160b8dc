import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  copyOfExample,
  mirage,
  mirageOk,
  startMirage,
  temporaryFolder,
  userEnv,
} from "./support/mirage.js";

const lockFile = "hello.opam.locked";

test("opam accepts the lock, and the same packages give the same bytes", async () => {
  const folder = copyOfExample("hello");
  const { stderr } = await mirageOk(["lock"], folder);
  expect(stderr).toMatch(/hello\.opam\.locked holds \d+ packages/);
  const text = readFileSync(join(folder, lockFile), "utf8");
  expect(text).toMatch(/^ {2}"mirage-runtime-unix" \{= "\d/m);
  expect(text).toMatch(/^ {2}"lwt\.\d\S* sha256=[0-9a-f]{64}"$/m);
  const lint = spawnSync("opam", ["lint", join(folder, lockFile)], {
    env: { ...userEnv(), OPAMROOTISOK: "1" },
    encoding: "utf8",
  });
  expect(lint.stdout).not.toMatch(/\berror\b/);
  expect(lint.status).toBe(0);

  expect((await mirageOk(["lock"], folder)).stderr).toContain("up to date");
  expect(readFileSync(join(folder, lockFile), "utf8")).toBe(text);
});

test("--locked without a lock, or with one that does not fit, changes nothing and says why", async () => {
  const folder = copyOfExample("hello");
  const before = readdirSync(folder).sort();
  const missing = await mirage(["configure", "--locked"], folder);
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("mirage lock") });

  await mirageOk(["lock"], folder);
  const path = join(folder, lockFile);
  const text = readFileSync(path, "utf8");
  writeFileSync(
    path,
    text
      .replace(/("lwt" \{= ")[^"]*/, "$10.1")
      .replace(/^ {2}"cstruct" .*\n/m, '  "camlimages" {= "4"}\n')
      .replace(/("dune\.\S+ sha256=)\w+/, `$1${"0".repeat(64)}`),
  );
  const drifted = await mirage(["configure", "--locked"], folder);
  expect(drifted.code).toBe(1);
  expect(drifted.stderr).toMatch(/^\+ cstruct\.\d/m);
  expect(drifted.stderr).toMatch(/^- camlimages\.4$/m);
  expect(drifted.stderr).toMatch(/^ {2}lwt 0\.1 -> \d/m);
  expect(drifted.stderr).toMatch(/^ {2}dune\.\S+ has different content$/m);
  expect(readdirSync(folder).sort()).toEqual([...before, lockFile].sort());

  writeFileSync(path, text.replace("depends: [", "depends: {"));
  const damaged = await mirage(["configure", "--locked"], folder);
  expect(damaged).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/locked:\d+:\d+: error/),
  });
  const anew = await mirageOk(["lock"], folder);
  expect(anew.stderr).toContain("could not be read, and was rewritten");
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("packages that do not exist are shown in the .conf file", async () => {
  const folder = copyOfExample("hello");
  appendFileSync(join(folder, "hello.conf"), "packages: cstructt, lwt>=999\n");
  const { code, stderr } = await mirage(["configure", "--no-install"], folder);
  expect(code).toBe(1);
  expect(stderr).toMatch(/hello\.conf:\d+:11: error: .*cstructt/);
  expect(stderr).toContain("did you mean cstruct?");
  expect(stderr).toMatch(/hello\.conf:\d+:21: error: .*lwt>=999/);
});

test("--no-install needs no opam", async () => {
  const folder = copyOfExample("www");
  const home = temporaryFolder();
  await mirageOk(["lock"], folder, home);
  const env = ["env", `HOME=${home}`, `PATH=${join(folder, "nothing-here")}`];
  const preview = startMirage(["configure", "--no-install", "--locked"], folder, env);
  const { code, stderr } = await preview.finished;
  expect(stderr).toMatch(/mirage-runtime-http\.\d/);
  expect(code).toBe(0);
});

describe("a switch of the user's own, with a repository that has two versions", () => {
  let root: string;
  let folder: string;
  let own: string[];

  beforeAll(() => {
    root = temporaryFolder(afterAll);
    folder = copyOfExample("hello", afterAll);
    own = ["--opam-root", join(root, "opam"), "--switch", "mine"];
    const ocaml = execFileSync("ocamlc", ["-version"], { encoding: "utf8" }).trim();
    write("repo", "");
    write(`packages/ocaml-system/ocaml-system.${ocaml}/opam`, "flags: compiler\n");
    write("packages/toy/toy.1/opam", 'depends: "part"\n');
    write("packages/toy/toy.2/opam", 'depends: "part"\n');
    write("packages/part/part.1/opam", "");
    write("packages/clash/clash.1/opam", 'conflicts: "part"\n');
    opam("init", "--bare", "--disable-sandboxing", "--no-setup", "toys", join(root, "toys"));
    opam("switch", "create", "mine", `ocaml-system.${ocaml}`);
  });

  function write(path: string, text: string): void {
    const file = join(root, "toys", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `opam-version: "2.0"\n${text}`);
  }

  function opam(...args: string[]): string {
    const env = {
      ...userEnv(),
      OPAMROOT: join(root, "opam"),
      OPAMROOTISOK: "1",
      OPAMYES: "1",
      OPAMCOLOR: "never",
      OPAMNODEPEXTS: "1",
    };
    return execFileSync("opam", args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  function conf(packages: string): void {
    writeFileSync(join(folder, "hello.conf"), `main-noip: Hello.main\npackages: ${packages}\n`);
  }

  test("packages that exclude each other are refused before opam is called", async () => {
    conf("toy, clash");
    const { code, stderr } = await mirage(["configure", ...own], folder);
    expect(code).toBe(1);
    expect(stderr).toContain("hello.conf:2:11: error: toy does not go with clash");
    expect(stderr).toContain("hello.conf:2:16: error: clash does not go with toy");
    expect(stderr).toMatch(/every version of toy needs part$/m);
    expect(stderr).toMatch(/clash can't be installed beside part$/m);
    expect(stderr).toMatch(/hint: without toy the rest can be had$/m);
    expect(existsSync(join(folder, "main.ml"))).toBe(false);
  });

  test("a lock keeps a version back; outdated says so", async () => {
    conf("toy<2");
    await mirageOk(["lock", ...own], folder);
    conf("toy");
    const locked = await mirageOk(["configure", "--no-install", "--locked", ...own], folder);
    expect(locked.stderr).toMatch(/ from opam: .*\btoy\.1\b/);
    const newest = await mirageOk(["configure", "--no-install", ...own], folder);
    expect(newest.stderr).toMatch(/ from opam: .*\btoy\.2\b/);

    const { stdout } = await mirageOk(["outdated", "--json", ...own], folder);
    expect(JSON.parse(stdout)).toEqual({
      lock: lockFile,
      packages: [{ name: "toy", current: "1", possible: "2", newest: "2" }],
    });
    expect((await mirageOk(["outdated", ...own], folder)).stdout).toMatch(/^toy +1 +2 +2$/m);
  });

  test("why a package is needed, and what keeps it back", async () => {
    conf("toy<2");
    const part = await mirageOk(["why", "part", ...own], folder);
    expect(part.stdout).toBe("toy 1 needs part\npart 1 is the newest version that can be had\n");
    const toy = await mirageOk(["why", "toy", ...own], folder);
    expect(toy.stdout).toContain("toy is kept at 1 by toy<2, though there is 2");
    const json = await mirageOk(["why", "toy", "--json", ...own], folder);
    expect(JSON.parse(json.stdout)).toMatchObject({
      name: "toy",
      version: "1",
      requested: true,
      whatIf: { newest: "2", keptBackBy: ["toy<2"] },
    });
    const unknown = await mirage(["why", "prat", ...own], folder);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("mean part?") });
    conf("toy");
  });

  test("opam installs exactly the lock, and takes only what was asked for as a root", async () => {
    await mirageOk(["configure", "--locked", ...own], folder);
    const installed = opam("list", "--switch=mine", "--installed", "--columns=package", "--short");
    const text = readFileSync(join(folder, lockFile), "utf8");
    const locked = [...text.matchAll(/"(\S+)" \{= "(\S+)"\}/g)].map((m) => `${m[1]}.${m[2]}`);
    expect(locked).toContain("toy.1");
    expect(installed.trim().split(/\s+/).sort()).toEqual(locked.sort());
    const roots = opam("list", "--switch=mine", "--roots", "--columns=name", "--short");
    expect(roots.trim().split(/\s+/).sort()).toEqual([
      "mirage-runtime-operations",
      "mirage-runtime-unix",
      "ocaml-system",
      "toy",
    ]);
    expect(existsSync(join(folder, "main.ml"))).toBe(true);

    const path = join(folder, lockFile);
    expect(opam("install", "--switch=mine", "--deps-only", "--show-actions", path)).toContain(
      "Nothing to do",
    );
    const again = await mirageOk(["configure", "--locked", "--no-install", ...own], folder);
    expect(again.stderr).toContain("installed already");
  });

  test("what was configured holds for lock, outdated and why, if it is the user's own", async () => {
    expect((await mirageOk(["lock"], folder)).stderr).toContain("is up to date");
    expect((await mirageOk(["why", "part"], folder)).stdout).toContain("toy 2 needs part");
    expect((await mirageOk(["outdated"], folder)).stdout).toMatch(/^toy +1 +2 +2$/m);

    const path = join(folder, ".mirage/state.json");
    const text = readFileSync(path, "utf8");
    const state = JSON.parse(text);
    const claims: [object, string][] = [
      [{ root: join(root, "opam"), switch: "yours" }, "has no switch yours"],
      [{ root: join(root, "none"), switch: "mine" }, "there is no "],
      [{ root: "opam", switch: "mine" }, "opam is no absolute path"],
      [{ root: join(folder, "opam"), switch: "mine" }, "lies in the application's folder"],
    ];
    cpSync(join(root, "opam"), join(folder, "opam"), { recursive: true });
    if (process.getuid?.() === 0) {
      const foreign = join(root, "foreign");
      cpSync(join(root, "opam"), foreign, { recursive: true });
      chownSync(foreign, 65534, 65534);
      claims.push([{ root: foreign, switch: "mine" }, "belongs to another user"]);
    }
    for (const [opam, problem] of claims) {
      writeFileSync(path, JSON.stringify({ ...state, opam }));
      for (const command of [["lock"], ["outdated"], ["why", "part"]]) {
        const told = await mirage(command, folder);
        expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining(problem) });
      }
    }
    writeFileSync(path, text);
    rmSync(join(folder, "opam"), { recursive: true });
  });

  test("nothing leaves the switch, or gets older, that no flag names", async () => {
    write("packages/greet/greet.1.0/opam", "");
    write("packages/greet/greet.1.1/opam", "");
    write("packages/userapp/userapp.1/opam", 'depends: "greet" {>= "1.1"}\n');
    write("packages/other/other.1/opam", 'depends: "greet"\n');
    opam("update");
    opam("install", "--switch=mine", "userapp", "other");
    const installed = () =>
      opam("list", "--switch=mine", "--installed", "--columns=package", "--short");
    const before = installed();
    conf("greet<1.1");
    for (const options of [["--dry-run"], []]) {
      const refused = await mirage(["configure", ...options, ...own], folder);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain(
        [
          "error: the switch mine would lose what is installed in it:",
          "  userapp.1 would be removed",
          "    userapp needs greet >= 1.1",
          "  greet would be downgraded from 1.1 to 1.0",
          "hint: ask for other packages or name another switch; to agree: " +
            "--allow-removal userapp --allow-downgrade greet",
        ].join("\n"),
      );
    }
    const half = await mirage(["configure", "--allow-removal", "userapp", ...own], folder);
    expect(half).toMatchObject({ code: 1, stderr: expect.not.stringContaining("userapp.1 would") });
    expect(half.stderr).toContain("to agree: --allow-downgrade greet");
    expect(installed()).toBe(before);

    const agreed = ["--allow-removal", "userapp", "--allow-downgrade", "greet", ...own];
    const preview = await mirageOk(["configure", "--dry-run", ...agreed], folder);
    expect(preview.stdout).toMatch(/greet\.1\.0.*, removal of userapp, downgrade of greet/);
    expect(installed()).toBe(before);
    await mirageOk(["configure", ...agreed], folder);
    expect(installed().split("\n")).toEqual(
      before.split("\n").flatMap((text) => {
        if (text.startsWith("userapp.")) return [];
        return text === "greet.1.1" ? ["greet.1.0"] : [text];
      }),
    );
  });
});
