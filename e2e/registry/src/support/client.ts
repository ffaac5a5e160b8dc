import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Outcome, run, userEnv } from "../../../src/support/mirage.js";

/** A client of the registry. */
export type Client = "npm" | "pnpm";

/**
 * The environment of somebody whose npm and pnpm use the registry, and who keeps all of it below
 * `home`: caches, stores, globally installed commands.
 */
export function clientEnv(home: string, registry: string): NodeJS.ProcessEnv {
  const npmrc = join(home, ".npmrc");
  mkdirSync(home, { recursive: true });
  // Publishing asks for a token, although this registry takes any.
  writeFileSync(npmrc, `registry=${registry}\n${registry.replace(/^http:/, "")}:_authToken=none\n`);
  const pnpmHome = join(home, "pnpm");
  const npmPrefix = join(home, "npm");
  const path = [join(pnpmHome, "bin"), process.env.PATH].join(delimiter);
  return {
    ...userEnv(home),
    PATH: path,
    PNPM_HOME: pnpmHome,
    npm_config_userconfig: npmrc,
    npm_config_prefix: npmPrefix,
    npm_config_cache: join(home, "npm-cache"),
    // pnpm takes no version that is younger than a day.
    pnpm_config_minimum_release_age: "0",
    npm_config_update_notifier: "false",
    npm_config_fund: "false",
    npm_config_audit: "false",
  };
}

/** The installed `mirage`. */
export function mirageCommand(client: Client, home: string): string {
  return join(home, client, "bin/mirage");
}

/** A tree of installed packages, as npm and pnpm print it. */
interface Installed {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, Installed>>;
}

/** The versions of everything that a client has installed globally, by name. */
export async function globalPackages(
  client: Client,
  options: Options,
): Promise<ReadonlyMap<string, string>> {
  const everything = client === "npm" ? ["--all"] : ["--depth", "Infinity"];
  const { stdout } = await runOk(client, ["list", "--global", "--json", ...everything], options);
  const versions = new Map<string, string>();
  const add = (dependencies: Installed["dependencies"] = {}) => {
    for (const [name, found] of Object.entries(dependencies)) {
      versions.set(name, found.version);
      add(found.dependencies);
    }
  };
  for (const { dependencies } of [JSON.parse(stdout)].flat()) add(dependencies);
  return versions;
}

/** Where and as whom a command runs. */
export interface Options {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs a command that must succeed. */
export async function runOk(
  command: string,
  args: readonly string[],
  options: Options,
): Promise<Outcome> {
  const outcome = await run(command, args, options);
  if (outcome.code !== 0) {
    const words = [command, ...args].join(" ");
    throw new Error(`${words}: exit code ${outcome.code}\n${outcome.stdout}${outcome.stderr}`);
  }
  return outcome;
}
