import {
  allowsVersion,
  atoms,
  evaluateFormula,
  filterFormula,
  parseFormula,
  type ResolvedFormula,
} from "@mirage/opam-file";
import type { Request } from "../resolve/request.js";
import type { PackageId } from "../state/switch-state.js";
import { type CheckContext, label, matches } from "./context.js";

/**
 * Looks for faults in what would be installed after a plan: unmet dependencies, conflicts, packages
 * that can't be had, a broken invariant, a request not granted. Returns a sentence for each.
 *
 * It knows nothing of the solver: formulas are parsed and evaluated by `@mirage/opam-file`.
 */
export function checkPlan(
  context: CheckContext,
  request: Request,
  result: readonly PackageId[],
): string[] {
  const versions = new Map(result.map(({ name, version }) => [name, version]));
  const faults: string[] = [];
  if (versions.size !== result.length) faults.push("A name occurs twice.");
  const holds = (formula: ResolvedFormula): boolean =>
    evaluateFormula(formula, ({ name, versions: allowed }) => {
      const version = versions.get(name);
      return version !== undefined && allowsVersion(allowed, version);
    });
  const classes = new Map<string, PackageId>();
  for (const pkg of result) {
    const kept = context.installed(pkg.name) === pkg.version;
    const definition = context.definition(pkg);
    if (!kept && !context.isAvailable(pkg)) faults.push(`${label(pkg)} is not available.`);
    if (definition === undefined) continue;
    const depends = filterFormula(definition.depends, context.dependsEnvironment(pkg));
    const parts = depends.kind === "and" ? depends.items : [depends];
    if (!parts.every(holds)) faults.push(`A dependency of ${label(pkg)} is not met.`);
    const conflicts = filterFormula(definition.conflicts, context.switchEnvironment(pkg));
    for (const { name, versions: excluded } of atoms(conflicts)) {
      const version = versions.get(name);
      if (name !== pkg.name && version !== undefined && allowsVersion(excluded, version)) {
        faults.push(`${label(pkg)} conflicts with ${name}.${version}.`);
      }
    }
    for (const name of definition.conflictClass) {
      const other = classes.get(name);
      if (other) faults.push(`${label(pkg)} and ${label(other)} are both of class ${name}.`);
      classes.set(name, pkg);
    }
  }
  const { invariant } = context.state;
  if (invariant !== undefined && !holds(filterFormula(parseFormula(invariant), () => undefined))) {
    faults.push("The switch invariant does not hold.");
  }
  return [...faults, ...requestFaults(context, request, versions)];
}

function requestFaults(
  context: CheckContext,
  request: Request,
  versions: ReadonlyMap<string, string>,
): string[] {
  const faults: string[] = [];
  for (const atom of request.atoms) {
    const before = context.installed(atom.name);
    const version = versions.get(atom.name);
    if (request.kind === "remove") {
      const asked = before !== undefined && matches(atom, before);
      if (asked && version !== undefined) faults.push(`${atom.name} is not removed.`);
    } else if (version === undefined) {
      faults.push(`${atom.name} is not installed.`);
    } else if (!matches(atom, version)) {
      faults.push(`${atom.name} is installed in version ${version}.`);
    }
  }
  return faults;
}
