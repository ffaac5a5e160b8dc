import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Imports a package of this workspace (or a folder of its sources), built first if it isn't. */
export async function importBuilt(name, folder = ".") {
  const module = new URL(`../packages/${name}/dist/${folder}/index.js`, import.meta.url);
  if (!existsSync(fileURLToPath(module))) {
    const { status } = spawnSync("pnpm", ["exec", "nx", "build", `@mirage/${name}`], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { ...process.env, NX_DAEMON: "false", NX_NO_CLOUD: "true" },
      stdio: ["ignore", 2, 2],
    });
    if (status !== 0) throw new Error(`@mirage/${name} can't be built.`);
  }
  return import(module.href);
}
