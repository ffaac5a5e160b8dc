// What CI runs on a Unix that is not Debian: macos, freebsd or openbsd. Programs by the system's own manager, OCaml and its
// libraries by opam's repository; the tests of what such a system has, and two applications, one on the system's sockets
// and one on a network device of its own.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { report } from "./report.mjs";
import { ensureBuilt, ensureDependencies, ensurePnpm, root, run } from "./workspace.mjs";

/** How each system gets programs. */
const managers = {
  macos: ["brew", "install", "opam", "libev", "gmp", "pkgconf"],
  freebsd: ["sudo", "pkg", "install", "-y", "node20", "npm-node20", "ocaml-opam", "gmake", "libev"],
  openbsd: ["doas", "pkg_add", "node", "ocaml-opam", "gmake", "libev", "gmp"],
};
const ocaml = "5.3.0";
const libraries = [
  "dune",
  "lwt",
  "cstruct",
  "ipaddr",
  "macaddr",
  "cohttp-lwt",
  "alcotest",
  "qcheck",
];
const portable = [
  "types",
  "runtime-unix",
  "runtime-net",
  "runtime-http",
  "runtime-crunch",
  "runtime-fat",
];
const packages = ["diagnostics", "plan", "conf", "opam-file", "opam-driver", "tap", "runner"];

const [system] = process.argv.slice(2);

await report(async () => {
  const manager = managers[system];
  if (manager === undefined)
    throw new Error(`one of ${Object.keys(managers).join(", ")}: ${system}`);
  call(manager);
  call(["opam", "init", "--bare", "--no-setup", "--disable-sandboxing", "--yes"]);
  call(["opam", "switch", "create", "mirage", ocaml, "--yes"]);
  call(["opam", "install", "--switch=mirage", "--yes", ...libraries]);
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  const aliases = portable.map((name) => `@${name}/runtest`);
  call(
    ["opam", "exec", "--switch=mirage", "--", "dune", "build", "--root", ".", ...aliases],
    "packages",
  );
  run("nx", ["run-many", "-t", "test", "-p", packages.map((name) => `@mirage/${name}`).join()]);
  await serves("--socket", "http://127.0.0.1:80/");
  await serves("--unix", "http://10.0.0.2/");
});

function call([command, ...words], folder = ".") {
  execFileSync(command, words, { cwd: join(root, folder), stdio: "inherit" });
}

/** examples/www, built for a target and fetched. Ports below 1024 and network devices take root. */
async function serves(target, address) {
  const app = mkdtempSync(join(tmpdir(), "mirage-www-"));
  const mirage = join(root, "apps/mirage/bin/mirage.js");
  cpSync(join(root, "examples/www"), app, { recursive: true });
  const options = { cwd: app, stdio: "inherit" };
  execFileSync(process.execPath, [mirage, "configure", target, "--switch", "mirage"], options);
  execFileSync(process.execPath, [mirage, "build"], options);
  const becomeRoot = system === "openbsd" ? "doas" : "sudo";
  const www = spawn(becomeRoot, [process.execPath, mirage, "run"], options);
  try {
    await fetched(address);
  } finally {
    const ended = new Promise((done) => www.on("close", done));
    execFileSync(becomeRoot, ["kill", String(www.pid)]);
    await ended;
    rmSync(app, { recursive: true, force: true });
  }
}

async function fetched(address) {
  for (let attempt = 0; attempt < 60; attempt++) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.status === 200 && (await answer.text()).includes("<html")) return;
    await new Promise((wake) => setTimeout(wake, 1000));
  }
  throw new Error(`nobody serves the page at ${address}`);
}
