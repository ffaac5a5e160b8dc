// Runs vitest on kernels in QEMU with virtio devices, with what that needs: installed if it may be
// (root); otherwise vitest's setup says what is skipped, and why.
import { ensureAptPackages, productPackages } from "./apt.mjs";
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
  "tcpdump",
];

/** Runs the files of e2e/virtio whose names contain one of `filters`, or all of them. */
export function runOnVirtio(filters, { env = {}, more = [] } = {}) {
  if (process.getuid?.() === 0) installOrSay([...productPackages, ...packages, ...more]);
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  run("vitest", ["run", "--config", "virtio/vitest.config.ts", ...filters], {
    cwd: `${root}/e2e`,
    env: { ...workspaceEnv(), ...env },
  });
}

function installOrSay(names) {
  try {
    ensureAptPackages(names);
  } catch (error) {
    console.error(error.message);
  }
}
