import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runServer } from "verdaccio";

/** A registry of packages on this machine. */
export interface Registry {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts an npm registry on a free port of 127.0.0.1 that keeps its packages below `folder`. Anybody
 * may publish `@mirage/…`; everything else comes from the registry that npm is configured for.
 */
export async function startRegistry(folder: string): Promise<Registry> {
  mkdirSync(folder, { recursive: true });
  const cafile = npmConfig("cafile");
  const server = await runServer({
    configPath: join(folder, "config.yaml"),
    self_path: folder,
    storage: join(folder, "storage"),
    uplinks: {
      configured: {
        url: npmConfig("registry"),
        ...(cafile === undefined ? {} : { ca: readFileSync(cafile, "utf8") }),
      },
    },
    packages: {
      "@mirage/*": { access: "$all", publish: "$all" },
      "**": { access: "$all", proxy: "configured" },
    },
    middlewares: { audit: { enabled: false } },
    web: { enable: false },
    log: { type: "stdout", format: "pretty", level: "fatal" },
  } as unknown as string); // a configuration is taken as well as the path of one
  await new Promise<void>((started, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", started);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

function npmConfig(key: string): string | undefined {
  const value = execFileSync("npm", ["config", "get", key], { encoding: "utf8" }).trim();
  return value === "null" || value === "" ? undefined : value;
}
