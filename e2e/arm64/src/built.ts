import { copyOfExample, mirageOk } from "../../src/support/mirage.js";
import { copyOfGuest } from "../../xen/src/application.js";

/** An example that is built as a kernel for arm64; its folder. */
export function builtExample(name: string, cleanUp?: (job: () => void) => void): Promise<string> {
  return build(copyOfExample(name, cleanUp));
}

/** The same of one of the applications that only tests have. */
export function builtGuest(name: string): Promise<string> {
  return build(copyOfGuest(name));
}

/** Has mirage make such a kernel of the application in `folder`; returns the folder. */
export async function build(folder: string): Promise<string> {
  await mirageOk(["configure", "--virtio", "--arch", "arm64"], folder);
  await mirageOk(["build"], folder);
  return folder;
}
