// pnpm bench xen: examples/www on real Xen, in QEMU, beside a Linux guest that serves the same page.
// Prints the table of docs/performance.md.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { root } from "../workspace.mjs";
import { runOnXen } from "../xen.mjs";

export async function bench() {
  const file = join(root, "node_modules/.figures-xen.md");
  rmSync(file, { force: true });
  const before = loadavg()[0].toFixed(1);
  runOnXen([], { MIRAGE_FIGURES: file });
  if (!existsSync(file)) throw new Error("nothing was measured");
  const after = loadavg()[0].toFixed(1);
  const processor = `${cpus()[0]?.model.trim()}, ${cpus().length} cores`;
  console.log(`${processor}; load ${before} before, ${after} after\n`);
  console.log(readFileSync(file, "utf8"));
}
