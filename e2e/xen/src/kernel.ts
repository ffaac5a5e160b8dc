import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { mirageOk, temporaryFolder } from "../../src/support/mirage.js";

/** A copy, for this test, of one of the guests that only these tests have. */
export function copyOfGuest(name: string): string {
  const folder = temporaryFolder();
  cpSync(resolve(import.meta.dirname, "../guests", name), folder, { recursive: true });
  return folder;
}

/** The kernel that mirage makes of the application in `folder`. */
export async function xenKernel(folder: string): Promise<Buffer> {
  await mirageOk(["configure", "--xen"], folder);
  await mirageOk(["build"], folder);
  const kernels = readdirSync(folder).filter((name) => name.endsWith(".xen"));
  if (kernels.length !== 1) throw new Error(`kernels built: ${kernels.join(" ") || "none"}`);
  return readFileSync(join(folder, kernels[0] ?? ""));
}
