import type { Criterion } from "../resolve/criteria.js";
import { type Atom, formatAtom, type Request } from "../resolve/request.js";
import type { Outcome, Plan } from "../resolve/resolve.js";
import type { SwitchInput } from "../state/switch-state.js";
import type { NameEntry, PackageVersion } from "../universe/universe.js";
import type { Fact } from "./fact.js";
import { atomsInWords, inWords } from "./words.js";

/** A change of the question that makes a plan possible: it has been tried. */
export interface Suggestion {
  readonly text: string;
  /** The request to make instead. */
  readonly request: Request;
  /** Whether the switch invariant has to be given up. */
  readonly withoutInvariant: boolean;
}

/** Tries a variant of the question; with no criteria any plan will do. */
export type Attempt = (
  request: Request,
  options?: { readonly criteria?: readonly Criterion[]; readonly state?: SwitchInput },
) => Promise<Outcome>;

/** Versions that are tried to find the one that is next to the one asked for. */
const maxTries = 12;
const maxSuggestions = 3;

/** What to ask for instead of what can't be had because of the facts given. */
export async function suggestionsFor(
  request: Request,
  state: SwitchInput,
  facts: readonly Fact[],
  attempt: Attempt,
): Promise<Suggestion[]> {
  const suggestions: Suggestion[] = [];
  const atoms = facts.flatMap((fact) =>
    fact.kind === "request" ? (asRequested(request, fact.atom) ?? []) : [],
  );
  const bounded = atoms.filter((atom) => atom.op !== undefined);
  for (const atom of bounded) {
    const suggestion = await otherVersion(request, atom, attempt);
    if (suggestion !== undefined) suggestions.push(suggestion);
  }
  const kept = facts.flatMap((fact) =>
    fact.kind === "invariant" ? fact.clause.map(({ entry }) => entry.text) : [],
  );
  if (kept.length > 0) {
    const suggestion = await withoutInvariant(request, state, kept, attempt);
    if (suggestion !== undefined) suggestions.push(suggestion);
  }
  if (suggestions.length === 0 && request.atoms.length > 1) {
    for (const atom of atoms) {
      const suggestion = await without(request, atom, attempt);
      if (suggestion !== undefined) suggestions.push(suggestion);
    }
  }
  return suggestions.slice(0, maxSuggestions);
}

/** The atom of the request behind one of the problem, where a pin may have set a bound. */
function asRequested(request: Request, { name, op, version }: Atom): Atom | undefined {
  const own = request.atoms.filter((atom) => atom.name === name);
  return (
    own.find((atom) => atom.op === op && atom.version === version) ??
    own.find((atom) => atom.op === undefined)
  );
}

/** Another version of what was asked for with a bound. */
async function otherVersion(
  request: Request,
  atom: Atom,
  attempt: Attempt,
): Promise<Suggestion | undefined> {
  const { name } = atom;
  const free = await attempt(replaced(request, atom, { name }));
  const best = free.kind === "plan" ? versionIn(free, name) : undefined;
  if (free.kind !== "plan" || best === undefined) return undefined;
  const newest = await newestVersion(request, atom, best, attempt);
  const nearest = await nearestVersion(request, atom, free.universe.entry(name), newest, attempt);
  const version = nearest ?? newest;
  const found =
    nearest === undefined || nearest === newest
      ? `the newest ${name} that goes with the rest is ${newest}`
      : `the oldest ${name} after ${atom.version} that goes with the rest is ${nearest}, ` +
        `the newest ${newest}`;
  const isOnly = request.atoms.every((other) => other === atom || other.name !== name);
  return {
    text: isOnly ? found : `instead of ${atomsInWords([atom])}, ${found}`,
    request: replaced(request, atom, { name, op: "=", version }),
    withoutInvariant: false,
  };
}

/** The newest version that works: a plan that is best for all requested names may have an older one. */
async function newestVersion(
  request: Request,
  atom: Atom,
  found: string,
  attempt: Attempt,
): Promise<string> {
  const { name } = atom;
  for (let newest = found; ; ) {
    const newer = replaced(request, atom, { name, op: ">", version: newest });
    const outcome = await attempt(newer, {
      criteria: ["avoid-version,changed", "version-lag,request"],
    });
    const better = outcome.kind === "plan" ? packageIn(outcome, name) : undefined;
    if (outcome.kind !== "plan" || better === undefined) return newest;
    if (outcome.universe.isToAvoid(better)) return newest;
    newest = better.version;
  }
}

/**
 * The oldest version that works and is newer than the one asked for; undefined if none is, or it isn't
 * found among the next ones.
 */
async function nearestVersion(
  request: Request,
  atom: Atom,
  entry: NameEntry,
  newest: string,
  attempt: Attempt,
): Promise<string | undefined> {
  if (atom.op !== "=") return undefined;
  const offered = entry.versions.filter(({ available }) => available).map(({ version }) => version);
  const from = offered.indexOf(atom.version ?? "");
  const to = offered.indexOf(newest);
  if (from < 0) return undefined;
  for (const version of offered.slice(from + 1, to + 1).slice(0, maxTries)) {
    const variant = replaced(request, atom, { name: atom.name, op: "=", version });
    if ((await attempt(variant, { criteria: [] })).kind === "plan") return version;
  }
  return undefined;
}

async function withoutInvariant(
  request: Request,
  { invariant: _, ...state }: SwitchInput,
  kept: readonly string[],
  attempt: Attempt,
): Promise<Suggestion | undefined> {
  const outcome = await attempt(request, { state });
  if (outcome.kind !== "plan") return undefined;
  const effects = kept.map((name) => {
    const version = versionIn(outcome, name);
    return version === undefined ? `${name} would go` : `${name} would be ${version}`;
  });
  return {
    text: `with another invariant of the switch, ${inWords(effects, "and")}`,
    request,
    withoutInvariant: true,
  };
}

async function without(
  request: Request,
  atom: Atom,
  attempt: Attempt,
): Promise<Suggestion | undefined> {
  const rest = { ...request, atoms: request.atoms.filter((other) => other.name !== atom.name) };
  if ((await attempt(rest, { criteria: [] })).kind !== "plan") return undefined;
  return {
    text: `without ${formatAtom(atom)} the rest can be had`,
    request: rest,
    withoutInvariant: false,
  };
}

function replaced(request: Request, old: Atom, atom: Atom): Request {
  const atoms = request.atoms.map((other) =>
    formatAtom(other) === formatAtom(old) ? atom : other,
  );
  return { ...request, atoms };
}

function packageIn(plan: Plan, name: string): PackageVersion | undefined {
  return plan.result.find(({ entry }) => entry.text === name);
}

function versionIn(plan: Plan, name: string): string | undefined {
  return packageIn(plan, name)?.version;
}

/** Suggestions as lines of text; none if there are none. */
export function suggestionsInWords(suggestions: readonly Suggestion[]): string[] {
  if (suggestions.length === 0) return [];
  return ["What is possible instead:", ...suggestions.map(({ text }) => `  - ${text}`)];
}
