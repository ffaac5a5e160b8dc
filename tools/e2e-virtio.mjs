// npm run e2e:virtio: the same kernels as on Xen, in QEMU with virtio devices. --quick: hello, www and
// a crash. What it needs is installed if it may be (root).
import { ensureAptPackages, productPackages } from "./apt.mjs";
import { report } from "./report.mjs";
import {
  ensureBuilt,
  ensureDependencies,
  ensurePnpm,
  root,
  run,
  workspaceEnv,
} from "./workspace.mjs";

const packages = [
  "dnsmasq-base",
  "dosfstools",
  "grub-common",
  "grub-efi-amd64-bin",
  "grub-pc-bin",
  "libvirt-clients",
  "libxml2-utils",
  "mtools",
  "musl-dev",
  "ovmf",
  "qemu-system-x86",
  "qemu-utils",
];
const filters = process.argv.includes("--quick") ? ["quick"] : [];

await report(async () => {
  if (process.getuid?.() === 0) installOrSay();
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  run("vitest", ["run", "--config", "virtio/vitest.config.ts", ...filters], {
    cwd: `${root}/e2e`,
    env: workspaceEnv(),
  });
});

/** vitest's setup says what is skipped without them. */
function installOrSay() {
  try {
    ensureAptPackages([...productPackages, ...packages]);
  } catch (error) {
    console.error(error.message);
  }
}
