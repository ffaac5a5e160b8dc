import { type Atom, parseAtom, type Request } from "../resolve/request.js";
import { Resolver } from "../resolver.js";
import { type CliOptions, parseOptions, UsageError, usage } from "./options.js";
import { readSetting } from "./setting.js";

/** Runs `opam-resolve` and returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  // Whoever reads our output may stop reading.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  try {
    return await run(parseOptions(args));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const { renderError } = await import("@mirage/diagnostics");
    process.stderr.write(isUsage ? `opam-resolve: ${error.message}\n` : `${renderError(error)}\n`);
    return isUsage ? 2 : 1;
  }
}

async function run(options: CliOptions): Promise<number> {
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const setting = await readSetting(options);
  const resolver = await Resolver.open(setting.sources, {
    ...(options.cacheFolder !== undefined && { cacheFolder: options.cacheFolder }),
    ...(options.timeLimit !== undefined && { timeLimit: options.timeLimit }),
  });
  const outcome = await resolver.resolve({
    request: requestOf(options),
    state: setting.state,
    variables: setting.variables,
    withTest: options.withTest,
    withDoc: options.withDoc,
    ...(options.withDevSetup !== undefined && { withDevSetup: options.withDevSetup }),
  });
  const actions =
    outcome.kind === "plan"
      ? outcome.actions.map(({ action, pkg }) => ({
          action,
          name: pkg.entry.text,
          version: pkg.version,
        }))
      : [];
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ outcome: outcome.kind, actions }, undefined, 2)}\n`);
  } else if (outcome.kind !== "plan") {
    process.stdout.write(`${outcome.kind}\n`);
  } else {
    const lines = actions.map(({ action, name, version }) => `${action} ${name}.${version}\n`);
    process.stdout.write(lines.join(""));
  }
  return outcome.kind === "plan" ? 0 : 1;
}

function requestOf({ kind, atoms, autoremove }: CliOptions): Request {
  const wanted: Atom[] = atoms.map((text) => {
    const atom = parseAtom(text);
    if (atom === undefined) throw new UsageError(`${text} is not a package.`);
    return atom;
  });
  return kind === "remove" ? { kind, atoms: wanted, autoremove } : { kind, atoms: wanted };
}
