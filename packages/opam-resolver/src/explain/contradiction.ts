import type { Problem } from "../resolve/resolve.js";
import type { NameEntry } from "../universe/universe.js";
import { type Fact, namesIn } from "./fact.js";
import { FactEncoding } from "./fact-encoding.js";

/** What may be spent on looking for shorter arguments, so that the same question gets the same one. */
const maxEffort = 20_000;
/** What may be spent on leaving facts out; beyond that, some are told that need not be. */
const maxMinimalEffort = 1_000_000;

/**
 * Facts that make a problem unsolvable, of which none can be left out; undefined if it has a solution.
 * Of several such sets that are found, one of the smallest. Yields whenever it is interrupted.
 */
export function* contradictionOf(
  problem: Problem,
  interrupted: () => boolean,
): Generator<void, readonly Fact[] | undefined> {
  const encoding = new FactEncoding(problem, interrupted);
  const found = yield* encoding.contradiction();
  if (found === undefined) return undefined;
  let best = yield* minimal(encoding, found);
  const avoided = new Set<Fact>();
  while (encoding.effort < maxEffort) {
    const avoidable = best.find((fact) => fact.kind !== "request" && !avoided.has(fact));
    if (avoidable === undefined) break;
    avoided.add(avoidable);
    const others = encoding.known().filter((fact) => fact !== avoidable);
    const core = yield* encoding.contradictionAmong(others);
    if (core === undefined) continue;
    const other = yield* minimal(encoding, core);
    if (other.length < best.length) best = other;
  }
  return best;
}

/**
 * Leaves out, from the last on, what the rest contradicts itself without. Facts that hang on one another
 * are tried together: a chain of thousands of packages takes no more attempts than one of two.
 */
function* minimal(
  encoding: FactEncoding,
  facts: readonly Fact[],
): Generator<void, readonly Fact[]> {
  let kept = linked(facts);
  const limit = encoding.effort + maxMinimalEffort;
  for (let i = kept.length - 1; i >= 0 && encoding.effort < limit; i--) {
    const group = kept[i];
    const rest = kept.filter((other) => other !== group).flat();
    const core = yield* encoding.contradictionAmong(rest);
    if (core === undefined) continue;
    const needed = new Set(core);
    kept = kept.filter((other) => other.some((fact) => needed.has(fact)));
    i = Math.min(i, kept.length);
  }
  const needed = new Set(kept.flat());
  return facts.filter((fact) => needed.has(fact));
}

/**
 * Groups of facts of which either all are needed or none: what needs a package, and what that package
 * needs, where nothing else is said of it. In the order of their last facts.
 */
function linked(facts: readonly Fact[]): readonly (readonly Fact[])[] {
  const mentions = new Map<NameEntry, Fact[]>();
  for (const fact of facts) {
    for (const entry of new Set(namesIn(fact))) {
      const known = mentions.get(entry);
      if (known === undefined) mentions.set(entry, [fact]);
      else known.push(fact);
    }
  }
  const leaders = new Map<Fact, Fact>();
  const leader = (fact: Fact): Fact => {
    let at = fact;
    for (let next = leaders.get(at); next !== undefined; next = leaders.get(at)) at = next;
    if (at !== fact) leaders.set(fact, at);
    return at;
  };
  for (const [entry, [one, two, third]] of mentions) {
    if (one === undefined || two === undefined || third !== undefined) continue;
    const [user, own] = isOwnDependency(two, entry) ? [one, two] : [two, one];
    if (!isOwnDependency(own, entry) || isOwnDependency(user, entry) || !demands(user)) continue;
    const [a, b] = [leader(user), leader(own)];
    if (a !== b) leaders.set(a, b);
  }
  const groups = new Map<Fact, Fact[]>();
  for (const fact of facts) {
    const first = leader(fact);
    const group = groups.get(first) ?? [];
    // Behind all groups whose facts have come to an end.
    groups.delete(first);
    groups.set(first, group);
    group.push(fact);
  }
  return [...groups.values()];
}

function isOwnDependency(fact: Fact, entry: NameEntry): boolean {
  return fact.kind === "dependency" && fact.entry === entry;
}

function demands({ kind }: Fact): boolean {
  return kind === "dependency" || kind === "request" || kind === "invariant" || kind === "upgrade";
}
