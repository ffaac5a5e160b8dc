import { type Atom, rangesOf } from "../resolve/request.js";
import type { Problem } from "../resolve/resolve.js";
import { type Clause, solving } from "../universe/formulas.js";
import { contains } from "../universe/ranges.js";
import type { NameEntry, PackageVersion } from "../universe/universe.js";
import { namesIn } from "./fact.js";
import type { Step } from "./narrowing.js";
import { availabilityText, boundsText } from "./source-text.js";
import { atomsInWords, inWords, versionsInWords } from "./words.js";

/** Length from which on a chain of dependencies goes on in a new sentence. */
const long = 80;
/** Sentences that are told of a chain: this many of its beginning, and as many of its end. */
const maxTold = 4;

/** A sentence of an argument. */
interface Line {
  readonly text: string;
  /** The sentences of the chain that it is part of, so far. */
  readonly chain: Step[];
}

/**
 * The steps of an argument, but for what was asked for, as sentences. A package that only hands on what
 * another needs becomes a subordinate clause: `a 1 needs b >= 2, which needs c < 3`. The middle of a very
 * long chain of them is left out.
 */
export function sentences(problem: Problem, steps: readonly Step[]): string[] {
  /** By the last step that it tells. */
  const lines = new Map<Step, Line>();
  const handedOn = handingOn(steps);
  for (const step of steps) {
    const { fact } = step;
    if (fact.kind === "request") continue;
    if (fact.kind !== "dependency") {
      lines.set(step, { text: sentence(problem, step), chain: [step] });
      continue;
    }
    const { subject, object } = dependency(problem, fact.entry, fact.targets, step);
    const before = handedOn.get(fact.entry);
    const beginning = before && lines.get(before);
    if (before === undefined || beginning === undefined) {
      lines.set(step, { text: `${subject} needs ${object}`, chain: [step] });
      continue;
    }
    const { text, chain } = beginning;
    if (text.length > long) {
      chain.push(step);
      lines.set(step, { text: `${subject} needs ${object}`, chain });
      continue;
    }
    lines.delete(before);
    chain[chain.length - 1] = step;
    lines.set(step, { text: `${text}${onlyVersion(step, text)}, which needs ${object}`, chain });
  }
  return [...lines].flatMap(([step, { text, chain }]) => {
    if (chain.length <= 2 * maxTold + 1) return [text];
    const at = chain.indexOf(step);
    if (at < maxTold || at >= chain.length - maxTold) return [text];
    return at === maxTold ? [`and so on, ${chain.length - 2 * maxTold} more sentences`] : [];
  });
}

/** Of packages that only two steps speak of: the step that says they are needed, and nothing else. */
function handingOn(steps: readonly Step[]): ReadonlyMap<NameEntry, Step> {
  const count = new Map<NameEntry, number>();
  const needing = new Map<NameEntry, Step>();
  for (const step of steps) {
    const { fact } = step;
    for (const entry of new Set(fact.kind === "class" ? step.names : namesIn(fact))) {
      count.set(entry, (count.get(entry) ?? 0) + 1);
    }
    const [target, another] = fact.kind === "dependency" ? fact.targets : [];
    if (target !== undefined && another === undefined && !needing.has(target)) {
      needing.set(target, step);
    }
  }
  return new Map([...needing].filter(([entry]) => count.get(entry) === 2));
}

/** The version that is meant, where bounds leave only one and don't name it. */
function onlyVersion({ subject }: Step, text: string): string {
  const [only, ...others] = subject;
  if (only === undefined || others.length > 0 || only.entry.versions.length === 1) return "";
  return text.endsWith(` ${only.entry.text} ${only.version}`) ? "" : ` (only ${only.version})`;
}

function sentence(problem: Problem, step: Step): string {
  const { fact } = step;
  switch (fact.kind) {
    case "request":
      return `you asked for ${atomsInWords([fact.atom])}`;
    case "upgrade":
      return upgradeInWords(fact.atom);
    case "invariant":
      return `the switch has to keep ${clauseInWords(fact.clause)} (its invariant)`;
    case "removal":
      return `${fact.entry.text} is to be removed`;
    case "availability":
      return unavailability(problem, fact.entry, step.left(fact.entry));
    case "dependency": {
      const { subject, object } = dependency(problem, fact.entry, fact.targets, step);
      return `${subject} needs ${object}`;
    }
    case "conflict":
      return conflict(problem, fact.entry, fact.other, step);
    case "class": {
      const members = step.names.filter((entry) =>
        step.left(entry).some((pkg) => problem.reader.conflictClasses(pkg).includes(fact.name)),
      );
      const names = members.map(({ text }) => text).sort();
      return `${inWords(names, "and")} exclude each other (conflict class ${fact.name})`;
    }
  }
}

function upgradeInWords({ name, op, version }: Atom): string {
  return op === ">"
    ? `an upgrade of ${name} has to be newer than ${version}`
    : `an upgrade keeps ${name} at ${version} or newer`;
}

function clauseInWords(clause: Clause): string {
  return inWords(
    clause.map(({ entry, ranges }) => versionsInWords(entry, within(entry, ranges))),
    "or",
  );
}

function within(entry: NameEntry, ranges: Clause[number]["ranges"]): PackageVersion[] {
  return entry.versions.filter(({ position }) => contains(ranges, position));
}

function dependency(
  problem: Problem,
  entry: NameEntry,
  targets: readonly NameEntry[],
  step: Step,
): { subject: string; object: string } {
  const concerned = new Map<PackageVersion, Clause[]>();
  for (const pkg of step.subject) {
    const clauses = problem.reader
      .depends(pkg, solving)
      .filter(
        (clause) =>
          clause.length === targets.length && clause.every((part) => targets.includes(part.entry)),
      );
    if (clauses.length > 0) concerned.set(pkg, clauses);
  }
  const objects = targets.map((target) => {
    const texts = new Set([...concerned.keys()].map((pkg) => boundsText(pkg, target)));
    const [text] = texts;
    if (texts.size === 1 && text !== undefined && isPlain(text)) {
      const bounds = telling(problem, text, target, step);
      return `${target.text} ${bounds.replace(/^= (?=[^&]*$)/, "")}`.trimEnd();
    }
    const allowed = new Set<PackageVersion>();
    for (const clauses of concerned.values()) {
      for (const pkg of target.versions) {
        const isAllowed = clauses.every((clause) =>
          clause.some((part) => part.entry === target && contains(part.ranges, pkg.position)),
        );
        if (isAllowed) allowed.add(pkg);
      }
    }
    return versionsInWords(target, allowed);
  });
  const subject = versionsInWords(entry, concerned.keys(), "every version of ");
  return { subject, object: inWords(objects, "or") + whatExists(targets, concerned) };
}

/** What there is of a package, where no version is what is needed. */
function whatExists(
  [target, another]: readonly NameEntry[],
  concerned: ReadonlyMap<PackageVersion, readonly Clause[]>,
): string {
  if (target === undefined || another !== undefined) return "";
  const offered = target.versions.filter(({ available }) => available);
  const [first] = offered;
  const last = offered.at(-1);
  const exists = [...concerned.values()].flat(2).some(({ ranges }) => {
    return target.versions.some(({ position }) => contains(ranges, position));
  });
  if (first === undefined || last === undefined || exists) return "";
  return first === last
    ? ` (there is only ${first.version})`
    : ` (there is ${first.version} to ${last.version})`;
}

/** Of bounds joined by `&` those that exclude what is left of the name; all if none does. */
function telling(problem: Problem, text: string, target: NameEntry, step: Step): string {
  const left = step.left(target);
  const bounds = text.split(" & ");
  const useful = bounds.filter((bound) => {
    const [op, version] = bound.split(" ") as [NonNullable<Atom["op"]>, string];
    const atom: Atom = { name: target.text, op, version };
    const ranges = rangesOf(problem.reader, target, atom, (other) =>
      problem.universe.orderOfText(other),
    );
    return left.some(({ position }) => !contains(ranges, position));
  });
  return useful.length === 0 ? text : useful.join(" & ");
}

/** Whether bounds are easily read: no alternatives, nothing computed. */
function isPlain(bounds: string): boolean {
  return !bounds.includes("|") && !/(?:^|[ =<>])(?:_:)?version\b/.test(bounds);
}

function conflict(problem: Problem, entry: NameEntry, other: NameEntry, step: Step): string {
  const excludes = (a: PackageVersion, b: PackageVersion): boolean =>
    problem.reader
      .conflicts(a)
      .some((part) => part.entry === b.entry && contains(part.ranges, b.position));
  const left = step.left(entry);
  const right = step.left(other);
  const isPair = (a: PackageVersion, b: PackageVersion): boolean =>
    excludes(a, b) || excludes(b, a);
  const one = left.filter((a) => right.some((b) => isPair(a, b)));
  const two = right.filter((b) => left.some((a) => isPair(a, b)));
  return `${versionsInWords(entry, one)} can't be installed beside ${versionsInWords(other, two)}`;
}

function unavailability(
  problem: Problem,
  entry: NameEntry,
  left: readonly PackageVersion[],
): string {
  const pin = entry.versions.find(({ pinned }) => pinned);
  if (pin !== undefined) return `${entry.text} is pinned to ${pin.version}`;
  if (entry.versions.length === 0) return `there is no package ${entry.text}`;
  const ranks = problem.ranking.of(entry);
  const lost = left.filter(({ position }) => ranks[position] === undefined);
  const condition = lost.length === 0 ? undefined : availabilityText(lost.at(-1) as PackageVersion);
  const what = versionsInWords(entry, lost);
  if (condition === undefined) return `${what} is not available any more`;
  const newest = lost.length > 1 ? `${lost.at(-1)?.version} ` : "";
  return `${what} is not available here (${newest}only where ${condition})`;
}
