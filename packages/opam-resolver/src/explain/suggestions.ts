import type { Criterion } from "../resolve/criteria.js";
import { type Atom, formatAtom, type Request } from "../resolve/request.js";
import type { Outcome, Plan } from "../resolve/resolve.js";
import type { SwitchInput } from "../state/switch-state.js";
import type { NameEntry } from "../universe/universe.js";
import type { Fact } from "./fact.js";

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

/** Versions that are tried between the one asked for and the one that is known to work. */
const MAX_TRIES = 12;
const MAX_SUGGESTIONS = 3;

/** What to ask for instead of what can't be had because of the facts given. */
export async function suggestionsFor(
  request: Request,
  state: SwitchInput,
  facts: readonly Fact[],
  attempt: Attempt,
): Promise<Suggestion[]> {
  const suggestions: Suggestion[] = [];
  const atoms = facts.flatMap((fact) => (fact.kind === "request" ? [fact.atom] : []));
  const replaceable = (atom: Atom): boolean =>
    request.atoms.some(
      ({ name, op, version }) => name === atom.name && op === atom.op && version === atom.version,
    );
  const bounded = atoms.filter((atom) => atom.op !== undefined && replaceable(atom));
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
    for (const atom of atoms.filter(replaceable)) {
      const suggestion = await without(request, atom, attempt);
      if (suggestion !== undefined) suggestions.push(suggestion);
    }
  }
  return suggestions.slice(0, MAX_SUGGESTIONS);
}

async function otherVersion(
  request: Request,
  atom: Atom,
  attempt: Attempt,
): Promise<Suggestion | undefined> {
  const { name } = atom;
  const free = await attempt(replaced(request, atom, { name }));
  const best = free.kind === "plan" ? versionIn(free, name) : undefined;
  if (free.kind !== "plan" || best === undefined) return undefined;
  const nearest = await nearestVersion(request, atom, free.universe.entry(name), best, attempt);
  const exact: Atom = { name, op: "=", version: nearest };
  const also = nearest === best ? "" : `; the newest that does is ${best}`;
  return {
    text: `${name} ${nearest} goes with the rest${also}`,
    request: replaced(request, atom, exact),
    withoutInvariant: false,
  };
}

/** The version nearest to the one asked for that works, on the side of `best`, which does. */
async function nearestVersion(
  request: Request,
  atom: Atom,
  entry: NameEntry,
  best: string,
  attempt: Attempt,
): Promise<string> {
  if (atom.op !== "=") return best;
  const offered = entry.versions.filter(({ available }) => available).map(({ version }) => version);
  const from = offered.indexOf(atom.version ?? "");
  const to = offered.indexOf(best);
  if (from < 0 || to < 0) return best;
  const between = from < to ? offered.slice(from + 1, to) : offered.slice(to + 1, from).reverse();
  for (const version of between.slice(0, MAX_TRIES)) {
    const variant = replaced(request, atom, { name: atom.name, op: "=", version });
    if ((await attempt(variant, { criteria: [] })).kind === "plan") return version;
  }
  return best;
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
    text: `it is possible if the switch invariant may change (${effects.join(", ")})`,
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

function versionIn(plan: Plan, name: string): string | undefined {
  return plan.result.find(({ entry }) => entry.text === name)?.version;
}

/** Suggestions as lines of text; none if there are none. */
export function suggestionsInWords(suggestions: readonly Suggestion[]): string[] {
  if (suggestions.length === 0) return [];
  return ["It was tried:", ...suggestions.map(({ text }) => `  - ${text}`)];
}
