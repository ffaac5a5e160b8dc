// npm run e2e:arm64: kernels for arm64, built on this machine and started in QEMU, and on real Xen for arm64.
// --quick: hello and www in QEMU. What is built for arm64 is kept in ~/.cache/mirage/e2e-arm64.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { ensureAptPackages, testPackages } from "./apt.mjs";
import { runSuite } from "./e2e-suite.mjs";
import { report } from "./report.mjs";

const crossPackages = [
  "binfmt-support",
  "gcc-aarch64-linux-gnu",
  "libc6-dev-arm64-cross",
  "qemu-efi-aarch64",
  "qemu-system-arm",
  "qemu-user-static",
];

/** Has Linux start programs for arm64 in qemu-user, as OCaml's compiler for it is one. */
function ensureEmulation() {
  const folder = "/proc/sys/fs/binfmt_misc";
  if (existsSync(`${folder}/qemu-aarch64`)) return;
  if (process.getuid?.() !== 0) {
    throw new Error("running programs for arm64 takes root once: update-binfmts --enable");
  }
  if (!existsSync(`${folder}/status`)) {
    execFileSync("mount", ["-t", "binfmt_misc", "none", folder], { stdio: "inherit" });
  }
  execFileSync("update-binfmts", ["--enable", "qemu-aarch64"], { stdio: "inherit" });
}

await report(async () => {
  ensureAptPackages(crossPackages);
  ensureEmulation();
  const isQuick = process.argv.includes("--quick");
  runSuite("arm64", testPackages, isQuick ? ["quick"] : []);
  if (!isQuick) runSuite("arm64/xen", testPackages);
});
