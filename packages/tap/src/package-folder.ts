import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MirageError } from "@mirage/diagnostics";

/**
 * The folder of this package, found from one of its modules. A bundler moves the module and leaves
 * the addon behind (and has no `import.meta.url` in a CommonJS bundle): ERR_MIRAGE_TAP_BUNDLED.
 */
export function packageFolder(moduleUrl: string | undefined): string {
  const folder = moduleUrl === undefined ? undefined : fileURLToPath(new URL("..", moduleUrl));
  if (folder !== undefined && existsSync(join(folder, "native", "binding.h"))) return folder;
  const bundle = moduleUrl === undefined ? process.argv[1] : fileURLToPath(moduleUrl);
  throw new MirageError(
    "ERR_MIRAGE_TAP_BUNDLED",
    `@mirage/tap has to stay outside the bundle${bundle === undefined ? "" : ` ${bundle}`}: its addon isn't part of it`,
    {
      hint: 'bundle with `--external:@mirage/tap` (esbuild) or `external: ["@mirage/tap"]` (rolldown, rollup, Vite), and install @mirage/tap where the bundle runs',
    },
  );
}
