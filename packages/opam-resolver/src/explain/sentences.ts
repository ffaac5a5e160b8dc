import type { Atom } from "../resolve/request.js";
import type { Problem } from "../resolve/resolve.js";
import { type Clause, SOLVING } from "../universe/formulas.js";
import { contains } from "../universe/ranges.js";
import type { NameEntry, PackageVersion } from "../universe/universe.js";
import type { Step } from "./narrowing.js";
import { availabilityText, boundsText } from "./source-text.js";
import { inWords, versionsInWords } from "./words.js";

/** A step of an argument as a sentence. */
export function sentence(problem: Problem, step: Step): string {
  const { fact } = step;
  switch (fact.kind) {
    case "request":
      return `you asked for ${atomInWords(fact.atom)}`;
    case "invariant":
      return `the switch has to keep ${clauseInWords(fact.clause)} (its invariant)`;
    case "removal":
      return `${fact.entry.text} is to be removed`;
    case "availability":
      return unavailability(problem, fact.entry, step.left(fact.entry));
    case "dependency":
      return dependency(problem, fact.entry, fact.targets, step);
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

/** `lwt`, `lwt 5.7.0`, `lwt < 6`. */
export function atomInWords(atom: Atom): string {
  const { name, op, version } = atom;
  if (op === undefined) return name;
  return op === "=" ? `${name} ${version}` : `${name} ${op} ${version}`;
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
): string {
  const concerned = new Map<PackageVersion, Clause[]>();
  for (const pkg of step.subject) {
    const clauses = problem.reader
      .depends(pkg, SOLVING)
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
      return `${target.text} ${text.replace(/^= (?=[^&]*$)/, "")}`.trimEnd();
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
  return `${subject} needs ${inWords(objects, "or")}`;
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
  const standings = problem.standings.of(entry);
  const lost = left.filter(({ position }) => standings[position] === undefined);
  const condition = lost.length === 0 ? undefined : availabilityText(lost.at(-1) as PackageVersion);
  const what = versionsInWords(entry, lost);
  if (condition === undefined) return `${what} is not available any more`;
  return `${what} is not available here (${lost.length > 1 ? "for instance" : "only"} where ${condition})`;
}
