import { DependencyGraph } from "../resolve/dependency-graph.js";
import type { Plan } from "../resolve/resolve.js";
import type { PackageId } from "../state/switch-state.js";
import { FormulaReader } from "../universe/formulas.js";

/**
 * The packages that a request asked for and all that they need, in the versions of its plan and in the
 * order of names. A plan's result has more: whatever else is in the switch.
 */
export function neededPackages({ universe, result }: Plan): PackageId[] {
  const { requested } = universe.input;
  const graph = new DependencyGraph(new FormulaReader(universe), result, {
    build: true,
    post: true,
    depopts: false,
  });
  const roots = result.filter(({ entry }) => requested.has(entry.text));
  return [...graph.closure(roots)]
    .map(({ entry, version }) => ({ name: entry.text, version }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
