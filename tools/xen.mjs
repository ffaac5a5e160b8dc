// Runs vitest on real Xen, in QEMU, with what that needs: installed if it may be (root); otherwise
// vitest's setup says what is skipped, and why.
import { ensureAptPackages, productPackages } from "./apt.mjs";
import {
  ensureBuilt,
  ensureDependencies,
  ensurePnpm,
  root,
  run,
  workspaceEnv,
} from "./workspace.mjs";

const xenPackages = [
  "binutils",
  "cpio",
  "dosfstools",
  "grub-common",
  "grub-efi-amd64-bin",
  "grub-pc-bin",
  "libxen-dev",
  "mtools",
  "musl-dev",
  "openssh-client",
  "qemu-system-x86",
  "util-linux",
  "xz-utils",
];

/** Runs the files of e2e/xen whose names contain one of `filters`, or all of them. */
export function runOnXen(filters, env = {}) {
  if (process.getuid?.() === 0) installOrSay();
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  run("vitest", ["run", "--config", "xen/vitest.config.ts", ...filters], {
    cwd: `${root}/e2e`,
    env: { ...workspaceEnv(), ...env },
  });
}

function installOrSay() {
  try {
    ensureAptPackages([...productPackages, ...xenPackages]);
  } catch (error) {
    console.error(error.message);
  }
}
