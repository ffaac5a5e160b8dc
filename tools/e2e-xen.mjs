// npm run e2e:xen: the product on real Xen, in QEMU. --quick: one boot, with hello and www.
// Installs what is missing if it may (root); otherwise the tests say what they skip and why.
import { ensureAptPackages, productPackages } from "./apt.mjs";
import { report } from "./report.mjs";
import { ensureBuilt, ensureDependencies, ensurePnpm, root, run } from "./workspace.mjs";

const xenPackages = [
  "binutils",
  "cpio",
  "dosfstools",
  "mtools",
  "musl-dev",
  "openssh-client",
  "qemu-system-x86",
  "util-linux",
  "xz-utils",
];
const filters = process.argv.includes("--quick") ? ["quick"] : [];

await report(async () => {
  if (process.getuid?.() === 0) installOrSay();
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  run("vitest", ["run", "--config", "xen/vitest.config.ts", ...filters], { cwd: `${root}/e2e` });
});

function installOrSay() {
  try {
    ensureAptPackages([...productPackages, ...xenPackages]);
  } catch (error) {
    console.error(error.message);
  }
}
