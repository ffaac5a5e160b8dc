// pnpm bench xen: examples/www on real Xen, in QEMU, beside a Linux guest that serves the same page.
// Prints the table of docs/performance.md.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.mjs";
import { runOnXen } from "../xen.mjs";
import { load, machine } from "./support/measure.mjs";

export async function bench() {
  const file = join(root, "node_modules/.figures-xen.md");
  rmSync(file, { force: true });
  const before = load();
  runOnXen([], { MIRAGE_FIGURES: file });
  if (!existsSync(file)) throw new Error("nothing was measured");
  console.log(`${machine()}; load ${before} before, ${load()} after\n`);
  console.log(readFileSync(file, "utf8"));
}
