import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sshHost, type XenHost } from "../src/host/host.js";

/**
 * The host that the environment variables MIRAGE_XEN_HOST (destination of ssh) and MIRAGE_XEN_SSH (its
 * options, separated by spaces) name.
 */
export function realXenHost(): XenHost | undefined {
  const { MIRAGE_XEN_HOST: destination, MIRAGE_XEN_SSH: options = "" } = process.env;
  if (destination === undefined) return undefined;
  return sshHost(destination, { options: options.split(" ").filter((word) => word !== "") });
}

/** Builds the guest of guest.c; returns the path of its kernel and how to remove it. */
export function buildGuest(): { kernel: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "mirage-xl-guest-"));
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const flags = ["-m32", "-march=i686", "-mno-sse", "-O2", "-ffreestanding", "-fno-pic"];
  const kernel = join(folder, "guest.elf");
  const object = join(folder, "guest.o");
  execFileSync("cc", [...flags, "-fno-stack-protector", "-c", file("guest.c"), "-o", object]);
  const link = ["-m", "elf_i386", "--no-warn-rwx-segments", "-T", file("guest.ld")];
  execFileSync("ld", [...link, "-o", kernel, object]);
  return { kernel, remove: () => rmSync(folder, { recursive: true }) };
}
