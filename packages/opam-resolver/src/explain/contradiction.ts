import type { Problem } from "../resolve/resolve.js";
import type { Fact } from "./fact.js";
import { FactEncoding } from "./fact-encoding.js";

/** What may be spent on looking for shorter arguments, so that the same question gets the same one. */
const MAX_EFFORT = 20_000;

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
  while (encoding.effort < MAX_EFFORT) {
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

/** Leaves out, from the last on, what the rest contradicts itself without. */
function* minimal(
  encoding: FactEncoding,
  facts: readonly Fact[],
): Generator<void, readonly Fact[]> {
  let kept = facts;
  for (let i = kept.length - 1; i >= 0; i--) {
    const fact = kept[i];
    const core = yield* encoding.contradictionAmong(kept.filter((other) => other !== fact));
    if (core === undefined) continue;
    kept = kept.filter((other) => core.includes(other));
    i = Math.min(i, kept.length);
  }
  return kept;
}
