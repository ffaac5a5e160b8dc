import { cpSync } from "node:fs";
import { resolve } from "node:path";
import { copyOfExample, mirageOk, temporaryFolder } from "../../src/support/mirage.js";

type CleanUp = Parameters<typeof temporaryFolder>[0];

/** One of the examples, copied for this test, or all of the file, and built for Xen; its folder. */
export async function builtExample(name: string, cleanUp?: CleanUp): Promise<string> {
  return buildForXen(copyOfExample(name, cleanUp));
}

/** One of the guests that only these tests have, copied and built; its folder. */
export async function builtGuest(name: string, cleanUp?: CleanUp): Promise<string> {
  return buildForXen(copyOfGuest(name, cleanUp));
}

export function copyOfGuest(name: string, cleanUp?: CleanUp): string {
  const folder = temporaryFolder(cleanUp);
  cpSync(resolve(import.meta.dirname, "../guests", name), folder, { recursive: true });
  return folder;
}

/** Has mirage make a kernel of the application in `folder`; returns the folder. */
export async function buildForXen(folder: string): Promise<string> {
  await mirageOk(["configure", "--xen"], folder);
  await mirageOk(["build"], folder);
  return folder;
}
