import { didYouMean } from "@mirage/diagnostics";
import { type Atom, rangesOf } from "../resolve/request.js";
import type { Outcome, Plan } from "../resolve/resolve.js";
import { FormulaReader } from "../universe/formulas.js";
import { contains } from "../universe/ranges.js";
import type { PackageVersion, Universe } from "../universe/universe.js";
import { contradictionOf } from "./contradiction.js";
import type { Fact } from "./fact.js";
import { narrowing } from "./narrowing.js";
import { sentences } from "./sentences.js";
import { availabilityText } from "./source-text.js";
import { atomsInWords, versionsInWords } from "./words.js";

/** An answer without a plan: nothing fits, or a package does not exist. */
export type NoPlan = Exclude<Outcome, Plan>;

/** Why there is no plan. */
export interface Argument {
  /** What was asked for that is part of the reason. */
  readonly asked: readonly Atom[];
  /** Why that can't be had, in sentences of which each is needed: without it there would be a plan. */
  readonly reasons: readonly string[];
  /** The reasons, after what was asked for. */
  readonly lines: readonly string[];
  /** The facts behind the lines, for a conflict. */
  readonly facts: readonly Fact[];
}

/** Why an outcome is no plan. Yields whenever it is interrupted. */
export function* argue(outcome: NoPlan, interrupted: () => boolean): Generator<void, Argument> {
  switch (outcome.kind) {
    case "conflict": {
      const { problem } = outcome;
      const contradiction = (yield* contradictionOf(problem, interrupted)) ?? [];
      const steps = narrowing(problem, contradiction);
      const facts = steps.map(({ fact }) => fact);
      const asked = facts.flatMap((fact) => (fact.kind === "request" ? [fact.atom] : []));
      const reasons = sentences(problem, steps);
      const request = asked.length === 0 ? [] : [`you asked for ${atomsInWords(asked)}`];
      return { asked, reasons, lines: [...request, ...reasons], facts };
    }
    case "not-found": {
      const { atoms, universe } = outcome;
      const reasons = atoms.map((atom) => notFound(universe, atom));
      return { asked: atoms, reasons, lines: reasons, facts: [] };
    }
    case "cycle": {
      const names = outcome.cycle.map(({ pkg }) => `${pkg.entry.text} ${pkg.version}`);
      const chain = shortened([...new Set(names), names[0] ?? ""]).join(" before ");
      const reasons = [`these would have to be built in a circle: ${chain}`];
      return { asked: [], reasons, lines: reasons, facts: [] };
    }
  }
}

/** Why an outcome is no plan. */
export function argumentOf(outcome: NoPlan): Argument {
  const steps = argue(outcome, () => false);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** Names of a circle that are told: this many of its beginning, and as many of its end. */
const maxNames = 10;

function shortened(names: readonly string[]): readonly string[] {
  const hidden = names.length - 2 * maxNames;
  if (hidden < 2) return names;
  return [...names.slice(0, maxNames), `${hidden} others`, ...names.slice(-maxNames)];
}

function notFound(universe: Universe, atom: Atom): string {
  const entry = universe.entry(atom.name);
  if (entry.versions.length === 0) {
    const meant = didYouMean(atom.name, universe.known());
    const question = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    return `there is no package ${atom.name}${question}`;
  }
  const ranges = rangesOf(new FormulaReader(universe), entry, atom, (version) =>
    universe.orderOfText(version),
  );
  const matching = entry.versions.filter(({ position }) => contains(ranges, position));
  const newest = universe.newest(entry);
  const caution =
    newest !== undefined && universe.isToAvoid(newest) ? ", which is advised against" : "";
  const best =
    newest === undefined ? "" : `; the newest that can be had is ${newest.version}${caution}`;
  if (matching.length === 0) {
    const { op, version } = atom;
    const what =
      op === "=" ? `${atom.name} ${version}` : `version of ${atom.name} ${op} ${version}`;
    return `there is no ${what}${best}`;
  }
  return `${versionsInWords(entry, matching, "every version of ")} ${reason(matching)}${best}`;
}

/** Why none of the versions can be had. */
function reason(versions: readonly PackageVersion[]): string {
  const [first] = versions as [PackageVersion, ...PackageVersion[]];
  const pin = first.entry.versions.find(({ pinned }) => pinned);
  if (pin !== undefined) return `is not available: it is pinned to ${pin.version}`;
  const conditions = new Set(versions.map(availabilityText));
  const [condition] = conditions;
  if (conditions.size > 1 || condition === undefined) return "is not available here";
  return condition === "false" ? "is not available at all" : `is only available where ${condition}`;
}
