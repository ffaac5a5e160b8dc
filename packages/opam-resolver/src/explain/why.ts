import { DependencyGraph } from "../resolve/dependency-graph.js";
import type { Plan } from "../resolve/resolve.js";
import { FormulaReader } from "../universe/formulas.js";
import type { PackageVersion } from "../universe/universe.js";
import { boundsText } from "./source-text.js";

/** A package that needs another, with the bounds it sets: `cohttp 6.1.1 needs lwt >= 3.0`. */
export interface Need {
  readonly by: string;
  readonly version: string;
  readonly of: string;
  readonly bounds: string;
}

/** Why a package is part of a plan. */
export interface Reasons {
  readonly name: string;
  readonly version: string;
  readonly requested: boolean;
  /** A shortest way from a requested package, empty if it is one itself or none leads there. */
  readonly chain: readonly Need[];
  /** All that need it. */
  readonly needs: readonly Need[];
}

/** Why a package is part of a plan; undefined if it is not. */
export function reasonsFor(plan: Plan, name: string): Reasons | undefined {
  const pkg = plan.result.find(({ entry }) => entry.text === name);
  if (pkg === undefined) return undefined;
  const { requested } = plan.universe.input;
  const graph = new DependencyGraph(new FormulaReader(plan.universe), plan.result, {
    build: true,
    post: true,
    depopts: false,
  });
  const isRequested = (other: PackageVersion): boolean => requested.has(other.entry.text);
  const sorted = [...plan.result].sort((a, b) => (a.entry.text < b.entry.text ? -1 : 1));
  // Breadth first from what was requested.
  const cameFrom = new Map<PackageVersion, PackageVersion | undefined>(
    sorted.filter(isRequested).map((root) => [root, undefined]),
  );
  for (const user of cameFrom.keys()) {
    for (const used of graph.dependenciesOf(user)) {
      if (!cameFrom.has(used)) cameFrom.set(used, user);
    }
  }
  const chain: Need[] = [];
  for (let at = pkg, user = cameFrom.get(at); user !== undefined; user = cameFrom.get(at)) {
    chain.unshift(need(user, at));
    at = user;
  }
  const users = sorted.filter((user) => user !== pkg && graph.dependenciesOf(user).has(pkg));
  return {
    name,
    version: pkg.version,
    requested: isRequested(pkg),
    chain,
    needs: users.map((user) => need(user, pkg)),
  };
}

function need(user: PackageVersion, used: PackageVersion): Need {
  return {
    by: user.entry.text,
    version: user.version,
    of: used.entry.text,
    bounds: boundsText(user, used.entry) ?? "",
  };
}

/** The reasons in sentences. */
export function reasonsInWords(reasons: Reasons): string[] {
  const { name, version, requested, chain, needs } = reasons;
  const lines = requested ? [`you asked for ${name}; it would be ${version}`] : chain.map(inWords);
  const told = new Set(lines);
  const others = needs.map(inWords).filter((line) => !told.has(line));
  if (lines.length === 0 && others.length === 0) return [`nothing needs ${name} ${version}`];
  return [...lines, ...others.map((line) => `also: ${line}`)];
}

function inWords({ by, version, of, bounds }: Need): string {
  return `${by} ${version} needs ${of}${bounds === "" ? "" : ` ${bounds}`}`;
}
