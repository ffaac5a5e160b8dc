import { existsSync, readFileSync } from "node:fs";
import { type Atom, parseAtom, type Request } from "../resolve/request.js";
import type { Plan } from "../resolve/resolve.js";
import { systemPackages } from "../resolve/system-packages.js";
import { type Question, Resolver } from "../resolver.js";
import { exit } from "./exit-codes.js";
import { type CliOptions, parseOptions, UsageError, usage } from "./options.js";
import { print } from "./output.js";
import { readSetting } from "./setting.js";

/** Runs `opam-resolve` and returns its exit code, one of {@link exit}. */
export async function main(args: readonly string[]): Promise<number> {
  // What was begun is dropped: indexes are written whole or not at all.
  process.once("SIGINT", () => process.exit(exit.interrupted));
  try {
    return await run(parseOptions(args));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`opam-resolve: ${error.message}\n`);
      return exit.usage;
    }
    const { report } = await import("./report.js");
    return report(error);
  }
}

async function run(options: CliOptions): Promise<number> {
  if (options.help) print(usage);
  else if (options.version) print(`${ownVersion()}\n`);
  if (options.help || options.version) return exit.plan;
  const setting = await readSetting(options);
  const resolver = await Resolver.open(setting.sources, {
    ...(options.cacheFolder !== undefined && { cacheFolder: options.cacheFolder }),
    ...(options.timeLimit !== undefined && { timeLimit: options.timeLimit }),
  });
  const question: Question = {
    request: requestOf(options),
    state: setting.state,
    variables: setting.variables,
    withTest: options.withTest,
    withDoc: options.withDoc,
    ...(options.withDevSetup !== undefined && { withDevSetup: options.withDevSetup }),
  };
  const outcome = await resolver.resolve(question);
  if (options.output === "opam-json") {
    const { opamJson } = await import("./opam-json.js");
    const { request } = question;
    const commandLine = ["opam-resolve", ...options.commandLine];
    print(opamJson({ request, commandLine, switchName: setting.switchName }, outcome));
    if (outcome.kind !== "plan") {
      const { noPlanInWords } = await import("./no-plan.js");
      process.stderr.write(noPlanInWords(outcome));
    }
  } else if (outcome.kind !== "plan") {
    const { printNoPlan } = await import("./no-plan.js");
    await printNoPlan(options, resolver, question, outcome);
  } else if (options.why !== undefined || options.whatIf !== undefined) {
    const { printReasons } = await import("./reasons.js");
    return printReasons(options, resolver, question, outcome);
  } else {
    printPlan(options, outcome);
  }
  return outcome.kind === "plan" ? exit.plan : exit.noPlan;
}

function printPlan(options: CliOptions, plan: Plan): void {
  const actions = plan.actions.map(({ action, pkg }) => ({
    action,
    name: pkg.entry.text,
    version: pkg.version,
  }));
  if (options.output === "text") {
    const lines = actions.map(({ action, name, version }) => `${action} ${name}.${version}\n`);
    print(lines.length === 0 ? "Nothing to do.\n" : lines.join(""));
    return;
  }
  const costs = Object.fromEntries(
    plan.criteria.map((criterion, index) => [criterion, plan.costs[index]]),
  );
  const depexts = systemPackages(plan.universe, plan.result);
  print(`${JSON.stringify({ outcome: plan.kind, actions, costs, depexts }, undefined, 2)}\n`);
}

function ownVersion(): string {
  for (const path of ["../../package.json", "../../../package.json"]) {
    const file = new URL(path, import.meta.url);
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).version;
  }
  return "unknown";
}

function requestOf({ kind, atoms, autoremove }: CliOptions): Request {
  const wanted: Atom[] = atoms.map((text) => {
    const atom = parseAtom(text);
    if (atom === undefined) throw new UsageError(`${text} is not a package.`);
    return atom;
  });
  const needsPackages =
    kind === "install" || kind === "reinstall" || (kind === "remove" && !autoremove);
  if (needsPackages && atoms.length === 0) throw new UsageError("Name a package (see --help).");
  return kind === "remove" ? { kind, atoms: wanted, autoremove } : { kind, atoms: wanted };
}
