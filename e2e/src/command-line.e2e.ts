import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyOfExample, mirage, mirageOk, repository, temporaryFolder } from "./support/mirage.js";

test("help lists the commands, and a command's help its options", async () => {
  const folder = temporaryFolder();
  const { stdout } = await mirageOk(["help"], folder);
  for (const command of [
    "init",
    "configure",
    "build",
    "run",
    "image",
    "lock",
    "outdated",
    "why",
    "clean",
    "doctor",
    "describe",
    "check",
    "completion",
  ]) {
    expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  }
  expect((await mirageOk(["help", "configure"], folder)).stdout).toContain("--no-install");
  expect((await mirageOk(["--version"], folder)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("wrong usage ends with exit code 2 and names the nearest command", async () => {
  const folder = temporaryFolder();
  const wrong = await mirage(["confgure"], folder);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("configure");
  const both = await mirage(["configure", "--unix", "--xen"], copyOfExample("hello"));
  expect(both.code).toBe(2);
  expect(both.stderr).toContain("--xen");
});

test("a folder without a .conf file, or with several, is an error that says so", async () => {
  const folder = temporaryFolder();
  expect(await mirage(["check"], folder)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(".conf"),
  });
  for (const name of ["a.conf", "b.conf"]) writeFileSync(join(folder, name), "main-noip: A.main\n");
  const several = await mirage(["configure"], folder);
  expect(several.code).toBe(1);
  expect(several.stderr).toContain("a.conf");
  expect(several.stderr).toContain("b.conf");
});

test("check reports all problems at once, with positions and hints, as text and as JSON", async () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, "bad.conf"),
    [
      "ip-adress: 10.0.0.2",
      "ip-netmask: 255.0.255.0",
      "http-port: 99999",
      "http-address: *",
      "main-ip: M.f",
    ].join("\n"),
  );
  const text = await mirage(["check"], folder);
  expect(text.code).toBe(1);
  expect(text.stderr).toMatch(/bad\.conf:1:1: error: .*ip-adress/);
  expect(text.stderr).toMatch(/ip-address/);
  expect(text.stderr).toMatch(/bad\.conf:2:13: error: /);
  expect(text.stderr).toMatch(/bad\.conf:3:12: error: /);
  const json = await mirage(["check", "--json"], folder);
  expect(json.code).toBe(1);
  const { problems } = JSON.parse(json.stdout);
  expect(problems.map(({ start }: { start: { line: number } }) => start.line)).toEqual([
    1, 2, 3, 3, 4,
  ]);
});

test("check looks at the lines for xl as xl would", async () => {
  const folder = temporaryFolder();
  const conf = join(folder, "a.conf");
  writeFileSync(conf, "main-noip: A.main\nxl-memroy: 64\n");
  writeFileSync(join(folder, "a.ml"), "let main () = Lwt.return_unit\n");
  const warned = await mirageOk(["check"], folder);
  expect(warned.stderr).toMatch(/a\.conf:2:1: warning: .*`memroy`[\s\S]*did you mean `memory`/);
  writeFileSync(conf, 'main-noip: A.main\nxl-memory: "much"\n');
  const refused = await mirage(["check", "--json"], folder);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stdout).problems).toMatchObject([{ code: "ERR_MIRAGE_XL_TYPE" }]);
});

test("--dry-run prints the plan of configure, build, run and clean, and touches nothing", async () => {
  const folder = copyOfExample("www");
  const before = readdirSync(folder, { recursive: true }).sort();
  const configure = await mirageOk(["configure", "--dry-run"], folder, temporaryFolder());
  expect(configure.stdout).toMatch(/^write\s+main\.ml/m);
  expect(configure.stdout).toContain("opam");
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);

  await mirageOk(["configure", "--no-install"], folder);
  const configured = readdirSync(folder, { recursive: true }).sort();
  expect((await mirageOk(["build", "--dry-run"], folder)).stdout).toContain("make");
  const run = await mirageOk(["run", "--publish", "8080:80", "--dry-run"], folder);
  expect(run.stdout).toMatch(/TAP/);
  expect((await mirageOk(["clean", "--dry-run"], folder)).stdout).toMatch(/^remove\s+main\.ml/m);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(configured);
});

test("--no-install writes the files and says what would be installed", async () => {
  const folder = copyOfExample("www");
  const { stderr } = await mirageOk(["configure", "--no-install"], folder, temporaryFolder());
  expect(stderr).toContain("mirage-runtime-net");
  for (const file of ["main.ml", "Makefile", "dune"])
    expect(existsSync(join(folder, file))).toBe(true);
});

test("a generated file that somebody edited is kept, until --force", async () => {
  const folder = copyOfExample("hello");
  await mirageOk(["configure", "--no-install"], folder);
  const main = join(folder, "main.ml");
  const generated = readFileSync(main, "utf8");
  writeFileSync(main, `${generated}(* mine *)\n`);
  const refused = await mirage(["configure", "--no-install", "--socket"], folder);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("main.ml");
  expect(readFileSync(main, "utf8")).toContain("(* mine *)");
  await mirageOk(["configure", "--no-install", "--force"], folder);
  expect(readFileSync(main, "utf8")).toBe(generated);
});

test("clean leaves the folder as it was before configure", async () => {
  const folder = copyOfExample("app");
  const before = readdirSync(folder, { recursive: true }).sort();
  await mirageOk(["configure", "--no-install"], folder);
  await mirageOk(["clean"], folder);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
});

test("build and run say what comes first", async () => {
  const folder = copyOfExample("hello");
  const build = await mirage(["build"], folder);
  expect(build).toMatchObject({ code: 1, stderr: expect.stringContaining("mirage configure") });
  await mirageOk(["configure", "--no-install"], folder);
  const run = await mirage(["run"], folder);
  expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining("mirage build") });
});

test("describe shows the application as text, data, DOT and an image", async () => {
  const folder = copyOfExample("www");
  const describe = async (...options: string[]) => {
    return (await mirageOk(["describe", ...options], folder)).stdout;
  };
  expect(await describe()).toMatch(
    /stack +Tcpip_stack_direct\.Make +mirage-runtime-net +10\.0\.0\.2\/24/,
  );
  expect(JSON.parse(await describe("--json", "--xen"))).toMatchObject({
    name: "www",
    target: { flag: "--xen" },
    program: "mir-www.xen",
    packages: expect.arrayContaining(["mirage-runtime-xen"]),
    edges: expect.arrayContaining([{ from: "http", to: "stack" }]),
  });
  expect(await describe("--dot", "--socket")).toMatch(/^digraph "www" \{\n.*sockets.*\}\n$/s);
  // The picture of the documentation.
  await expect(await describe("--svg")).toMatchFileSnapshot(
    join(repository, "docs/images/describe.svg"),
  );
  const both = await mirage(["describe", "--svg", "--dot"], folder);
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("exclude each other") });
  expect(both.stderr).toContain("(`mirage help describe` lists its options)");
});
