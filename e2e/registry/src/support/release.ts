import { join } from "node:path";
import { run } from "../../../src/support/mirage.js";
import { clientEnv } from "./client.js";

/** Runs `pnpm release` in a workspace, the tests left out; returns what it prints. */
export async function release(
  workspace: string,
  registry: string,
  ...options: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await run(
    process.execPath,
    ["tools/release.mjs", "--tested", ...options],
    { cwd: workspace, env: clientEnv(join(workspace, "../publisher"), registry) },
  );
  if (code !== 0) throw new Error(`the release failed:\n${stdout}${stderr}`);
  return stdout;
}
