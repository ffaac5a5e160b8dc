// pnpm bench virtio: examples/www in QEMU's microvm, beside a Linux that serves the same page there.
// Prints the table of docs/performance.md.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runOnVirtio } from "../virtio.mjs";
import { root } from "../workspace.mjs";
import { load, machine } from "./support/measure.mjs";

export async function bench() {
  const file = join(root, "node_modules/.figures-virtio.md");
  rmSync(file, { force: true });
  const before = load();
  runOnVirtio([], { env: { MIRAGE_FIGURES: file }, more: ["apache2-utils", "curl"] });
  if (!existsSync(file)) throw new Error("nothing was measured");
  console.log(`${machine()}; load ${before} before, ${load()} after\n`);
  console.log(readFileSync(file, "utf8"));
}
