import { type Atom, parseAtom, type Request } from "../resolve/request.js";
import { Resolver } from "../resolver.js";
import { type CliOptions, parseOptions, UsageError } from "./options.js";
import { readSetting } from "./setting.js";

/** Runs `opam-resolve` and returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(parseOptions(args));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`opam-resolve: ${error.message}\n`);
    return 2;
  }
}

async function run(options: CliOptions): Promise<number> {
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
  if (outcome.kind !== "plan") {
    console.log(outcome.kind);
    return 1;
  }
  for (const { action, pkg } of outcome.actions) {
    process.stdout.write(`${action} ${pkg.entry.text}.${pkg.version}\n`);
  }
  return 0;
}

function requestOf({ kind, atoms, autoremove }: CliOptions): Request {
  const wanted: Atom[] = atoms.map((text) => {
    const atom = parseAtom(text);
    if (atom === undefined) throw new UsageError(`${text} is not a package.`);
    return atom;
  });
  return kind === "remove" ? { kind, atoms: wanted, autoremove } : { kind, atoms: wanted };
}
