import { cpSync } from "node:fs";
import { resolve } from "node:path";
import { inject } from "vitest";
import { copyOfExample, mirageOk, temporaryFolder } from "../../src/support/mirage.js";

/** One of the examples, copied for this test, and built for Xen; its folder. */
export async function builtExample(name: string): Promise<string> {
  return buildForXen(copyOfExample(name));
}

/** One of the guests that only these tests have, copied and built; its folder. */
export async function builtGuest(name: string): Promise<string> {
  return buildForXen(copyOfGuest(name));
}

export function copyOfGuest(name: string): string {
  const folder = temporaryFolder();
  cpSync(resolve(import.meta.dirname, "../guests", name), folder, { recursive: true });
  return folder;
}

/** Has mirage make a kernel of the application in `folder` for the rig; returns the folder. */
export async function buildForXen(folder: string): Promise<string> {
  const architecture = inject("image")?.architecture ?? "amd64";
  await mirageOk(["configure", "--xen", "--arch", architecture], folder);
  await mirageOk(["build"], folder);
  return folder;
}
