import { tmpdir } from "node:os";
import { afterAll, afterEach, beforeAll, inject, test } from "vitest";
import { Rig, type RigOptions } from "./rig/rig.js";

/** A test that is skipped where Xen cannot be booted; see setup.ts for why. */
export const xenTest = test.skipIf(inject("image") === undefined);

/**
 * A Xen host for the tests of the file, with what `options` yields besides the usual; its logs are
 * kept if one fails.
 */
export function useRig(options: () => Promise<RigOptions> = async () => ({})): () => Rig {
  let rig: Rig | undefined;
  let failed = false;
  const image = inject("image");
  if (image !== undefined) {
    beforeAll(async () => {
      rig = await Rig.boot(image, { parent: tmpdir(), logs: inject("logs") }, await options());
    });
    afterEach(({ task }) => {
      failed ||= task.result?.state === "fail";
    });
    afterAll(async () => {
      try {
        if (failed && rig !== undefined)
          console.error(`Logs: ${await rig.keepLogs(inject("logs"))}`);
      } finally {
        await rig?.shutDown();
      }
    });
  }
  return () => {
    if (rig === undefined) throw new Error("the Xen host is not up");
    return rig;
  };
}
