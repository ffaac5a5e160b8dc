import { parseAtom, type Request } from "../resolve/request.js";
import type { Outcome } from "../resolve/resolve.js";
import type { Resolver } from "../resolver.js";
import type { PackageId, SwitchInput } from "../state/switch-state.js";
import type { DependencyOptions, Variables } from "../universe/environment.js";
import { checkPlan } from "./check-plan.js";
import { CheckContext } from "./context.js";
import { compareCosts, planCosts } from "./costs.js";
import type { Definitions } from "./definitions.js";

/** A question that was put to opam, with its answer. */
export interface RecordedCase {
  readonly id: string;
  /** `install` if not given. */
  readonly command?: Request["kind"];
  /** Name of the switch. */
  readonly switch: string;
  readonly roots: readonly string[];
  /** Options of opam's command line, such as `--with-test`. */
  readonly flags?: readonly string[];
  /** `plan`, `conflict` or `notfound`; anything else means that opam gave no answer. */
  readonly status: string;
  /** Null, as none, where opam had nothing to do. */
  readonly actions: readonly (PackageId & { readonly action: "install" | "remove" })[] | null;
}

export type Comparison = "same" | "better" | "worse" | "wrong";

export interface Replayed {
  readonly comparison: Comparison;
  /** What differs. */
  readonly note: string;
  readonly milliseconds: number;
}

/** The request of a recorded case, and its options. @throws if a root is no package */
export function questionOf(recorded: RecordedCase): {
  request: Request;
  options: DependencyOptions;
} {
  const { flags = [], roots, command: kind = "install" } = recorded;
  const atoms = roots.map((root) => {
    const atom = parseAtom(root);
    if (atom === undefined) throw new Error(`${recorded.id}: ${root} is not a package.`);
    return atom;
  });
  const autoremove = flags.includes("-a") || flags.includes("--auto-remove");
  return {
    request: kind === "remove" ? { kind, atoms, autoremove } : { kind, atoms },
    options: {
      withTest: flags.includes("--with-test") || flags.includes("-t"),
      withDoc: flags.includes("--with-doc") || flags.includes("-d"),
      ...(flags.includes("--with-dev-setup") && { withDevSetup: true }),
    },
  };
}

/** Answers a recorded case and compares the answer with opam's, by opam's own criteria. */
export async function replay(
  resolver: Resolver,
  definitions: Definitions,
  recorded: RecordedCase,
  state: SwitchInput,
  variables: Variables,
): Promise<Replayed> {
  const start = performance.now();
  try {
    const { request: asked, options } = questionOf(recorded);
    const outcome = await resolver.resolve({ request: asked, state, variables, ...options });
    const milliseconds = performance.now() - start;
    const atoms = asked.atoms.map((atom) => ({ ...atom, name: definitions.exactName(atom.name) }));
    const request: Request = { ...asked, atoms };
    const names = new Set(atoms.map(({ name }) => name));
    const context = new CheckContext(definitions, state, variables, options, names);
    const [comparison, note] = compare(context, request, recorded, outcome);
    return { comparison, note, milliseconds };
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    const comparison = isAnswer(recorded) ? "wrong" : "same";
    return { comparison, note, milliseconds: performance.now() - start };
  }
}

/** Whether opam gave an answer at all. */
function isAnswer({ status }: RecordedCase): boolean {
  return status === "plan" || status === "conflict" || status === "notfound";
}

function compare(
  context: CheckContext,
  request: Request,
  recorded: RecordedCase,
  outcome: Outcome,
): [Comparison, string] {
  const status = outcome.kind === "not-found" ? "notfound" : outcome.kind;
  if (outcome.kind !== "plan") {
    const opams = recorded.status;
    const agreed =
      opams === status || (opams === "conflict" && outcome.kind === "cycle") || !isAnswer(recorded);
    return agreed ? ["same", status] : ["wrong", `${status} where opam says ${opams}`];
  }
  const recordedActions = recorded.status === "plan" ? (recorded.actions ?? []) : recorded.actions;
  if (outcome.actions.length === 0 && recordedActions?.length === 0) {
    // Even what is there already may lack what its tests need: opam doesn't look.
    return ["same", "nothing to do"];
  }
  const result = outcome.result.map(({ entry, version }) => ({ name: entry.text, version }));
  const faults = checkPlan(context, request, result);
  if (faults.length > 0) return ["wrong", faults.join(" ")];
  if (recorded.status !== "plan" || recordedActions === null) {
    return ["better", `a plan where opam says ${recorded.status}`];
  }
  const ours = outcome.actions.map(
    ({ action, pkg }) => `${action} ${pkg.entry.text}.${pkg.version}`,
  );
  const opams = recordedActions.map(({ action, name, version }) => `${action} ${name}.${version}`);
  if (ours.sort().join() === opams.sort().join()) return ["same", `${ours.length} actions`];
  const theirs = resultOf(context, recordedActions);
  const own = planCosts(context, outcome.criteria, result);
  const difference = compareCosts(own, planCosts(context, outcome.criteria, theirs));
  if (sameResult(result, theirs)) return ["wrong", `other actions: ${differing(ours, opams)}`];
  if (difference === 0) return ["same", `another plan at the same cost: ${differing(ours, opams)}`];
  return [difference < 0 ? "better" : "worse", differing(ours, opams)];
}

/** What is installed after opam's actions. */
function resultOf(
  context: CheckContext,
  actions: NonNullable<RecordedCase["actions"]>,
): PackageId[] {
  const versions = new Map<string, string>();
  for (const name of context.installedNames) {
    versions.set(name, context.installed(name) as string);
  }
  for (const { action, name } of actions) if (action === "remove") versions.delete(name);
  for (const { action, name, version } of actions) {
    if (action === "install") versions.set(name, version);
  }
  return [...versions].map(([name, version]) => ({ name, version }));
}

function sameResult(a: readonly PackageId[], b: readonly PackageId[]): boolean {
  const labels = (result: readonly PackageId[]): string =>
    result
      .map(({ name, version }) => `${name}.${version}`)
      .sort()
      .join();
  return labels(a) === labels(b);
}

function differing(ours: readonly string[], opams: readonly string[]): string {
  const own = ours.filter((action) => !opams.includes(action));
  const others = opams.filter((action) => !ours.includes(action));
  return `ours ${own.join(", ") || "nothing"}; opam's ${others.join(", ") || "nothing"}`;
}
