// pnpm bench xen: examples/www on real Xen, in QEMU, beside a Linux guest that serves the same page.
// Prints the table of docs/performance.md.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { runOnXen } from "../xen.mjs";

export async function bench() {
  const folder = mkdtempSync(join(tmpdir(), "bench-xen-"));
  const file = join(folder, "table.md");
  const [before] = loadavg();
  try {
    runOnXen([], { MIRAGE_FIGURES: file });
    if (!existsSync(file)) throw new Error("nothing was measured");
    const [after] = loadavg();
    const load = [before, after].map((average) => average.toFixed(1)).join(" before, ");
    console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores; load ${load} after\n`);
    console.log(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
