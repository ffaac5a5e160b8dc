// npm run e2e:debian13: the product on Debian 13, in a chroot. --quick: the main job, the tests of the OCaml
// packages, and a kernel by its OCaml that boots. As root; the chroot is kept below /var/tmp, named after what
// it was made of, and brought up to date each time.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ensureAptPackages, productPackages, testPackages } from "./apt.mjs";
import { report } from "./report.mjs";
import { root } from "./workspace.mjs";

const SUITE = "trixie";
const packages = ["ca-certificates", "nodejs", "npm", ...productPackages, ...testPackages];
const key = createHash("sha256")
  .update([SUITE, ...packages].join())
  .digest("hex")
  .slice(0, 12);
const chroot = `/var/tmp/mirage-debian13-${key}`;
const inside = "/root/mirage";
const isQuick = process.argv.includes("--quick");

await report(async () => {
  if (process.getuid?.() !== 0) throw new Error("a chroot takes root: run this as root");
  ensureAptPackages(["debootstrap"]);
  make();
  run(`apt-get update -q && apt-get install -q -y --no-install-recommends ${packages.join(" ")}`);
  takeAlong();
  copySources();
  run(`cd ${inside} && npm start -- --once`);
  run(
    `cd ${inside}/packages && dune build --root . --profile dev @types/runtest ${runtimes()
      .map((name) => `@${name}/runtest`)
      .join(" ")}`,
  );
  run(`sh ${inside}/tools/debian13/kernel.sh ${inside}`);
  if (isQuick) return;
  run(`cd ${inside} && npm run unit`);
  run(`cd ${inside}/e2e && npx vitest run src/examples.e2e.ts src/xen-libraries.e2e.ts`);
});

function runtimes() {
  const files = execFileSync("git", ["ls-files", "packages/runtime-*/dune-project"], {
    cwd: root,
    encoding: "utf8",
  });
  return files
    .split("\n")
    .filter((path) => path !== "")
    .map((path) => path.split("/")[1]);
}

/** Makes the chroot; one that was begun and not finished has another name. */
function make() {
  if (existsSync(chroot)) return;
  const begun = `${chroot}.begun`;
  rmSync(begun, { recursive: true, force: true });
  execFileSync("debootstrap", ["--variant=minbase", SUITE, begun], { stdio: "inherit" });
  // No service is started in it.
  writeFileSync(join(begun, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n");
  chmodSync(join(begun, "usr/sbin/policy-rc.d"), 0o755);
  renameSync(begun, chroot);
}

/** How this machine reaches its registries: names, certificates, npm's settings. */
function takeAlong() {
  const npm = (name) => execFileSync("npm", ["config", "get", name], { encoding: "utf8" }).trim();
  const { NODE_EXTRA_CA_CERTS: certificates } = process.env;
  const files = [
    ["/etc/resolv.conf", "/etc/resolv.conf"],
    ["/etc/hosts", "/etc/hosts"],
    [npm("userconfig"), "/root/.npmrc"],
    [npm("globalconfig"), "/etc/npmrc"],
    ...(certificates === undefined ? [] : [[certificates, certificates]]),
  ];
  for (const [from, to] of files) {
    if (!existsSync(from)) continue;
    mkdirSync(dirname(join(chroot, to)), { recursive: true });
    copyFileSync(from, join(chroot, to));
  }
}

/** What git knows of the working tree, and what is new in it. */
function copySources() {
  const list = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    {
      cwd: root,
    },
  );
  const files = list
    .toString()
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(root, path)));
  const target = join(chroot, inside);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const tar = execFileSync("tar", ["-c", "--null", "-T", "-"], {
    cwd: root,
    input: files.join("\0"),
    maxBuffer: 1 << 30,
  });
  execFileSync("tar", ["-x", "-C", target], { input: tar });
}

/** Runs a command in the chroot, in mounts of its own, which end with it. */
function run(command) {
  const mounts = [
    `mount -t proc proc ${chroot}/proc`,
    `mount --rbind /sys ${chroot}/sys`,
    `mount --rbind /dev ${chroot}/dev`,
  ].join(" && ");
  console.error(`Debian 13: ${command}`);
  const env = { ...process.env, CI: "true", DEBIAN_FRONTEND: "noninteractive", HOME: "/root" };
  const { status, error } = spawnSync(
    "unshare",
    ["-m", "sh", "-c", `${mounts} && exec chroot ${chroot} sh -euc "$0"`, command],
    { stdio: "inherit", env },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(`on Debian 13 this failed (exit code ${status}): ${command}`);
}
