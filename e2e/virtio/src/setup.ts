import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder for everything of this run, gone after it; it is also the HOME of a new user. */
    home: string;
    /** Whether this machine can build and start kernels. */
    canBoot: boolean;
  }
}

const needed: readonly (readonly [present: boolean, package_: string])[] = [
  [runs("qemu-system-x86_64"), "qemu-system-x86"],
  [runs("qemu-img"), "qemu-utils"],
  [runs("grub-mkimage"), "grub-common"],
  [existsSync("/usr/lib/grub/i386-pc"), "grub-pc-bin"],
  [existsSync("/usr/lib/grub/x86_64-efi"), "grub-efi-amd64-bin"],
  [existsSync("/usr/share/OVMF/OVMF_CODE_4M.fd"), "ovmf"],
  [runs("dune"), "ocaml-dune"],
  [existsSync("/usr/lib/x86_64-linux-musl/libc.a"), "musl-dev"],
];

/** vitest's global setup: a place for temporary files, and the reason if nothing can be booted. */
export function setup(project: TestProject): () => void {
  const home = mkdtempSync(join(tmpdir(), "mirage-virtio-"));
  const cleanUp = () => rmSync(home, { recursive: true, force: true });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      cleanUp();
      process.exit(1);
    });
  }
  process.env.TMPDIR = join(home, "tmp");
  mkdirSync(process.env.TMPDIR);
  const missing = needed.filter(([present]) => !present).map(([, name]) => name);
  if (missing.length > 0)
    console.error(`\nSkipping everything that boots: there is no ${missing.join(" ")}`);
  project.provide("home", home);
  project.provide("canBoot", missing.length === 0);
  return cleanUp;
}

function runs(command: string): boolean {
  return spawnSync("sh", ["-c", 'command -v "$0"', command]).status === 0;
}
