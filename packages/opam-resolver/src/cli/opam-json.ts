import { argumentOf } from "../explain/explain.js";
import type { Criterion } from "../resolve/criteria.js";
import { formatAtom, type Request } from "../resolve/request.js";
import type { Outcome } from "../resolve/resolve.js";

/**
 * An answer in the form of opam 2.1's `--json`: `request`, then `solution`, a list of
 * `{"install" | "remove": {"name", "version"}}`, or `conflicts` with their causes.
 */
export function opamJson(
  request: Request,
  outcome: Outcome,
  switchName: string | undefined,
): string {
  const criteria = outcome.kind === "plan" ? outcome.criteria : [];
  const atoms = request.atoms.map(formatAtom);
  const asked = (kinds: readonly Request["kind"][]): string[] =>
    kinds.includes(request.kind) ? atoms : [];
  const json = {
    "opam-version": outcome.universe.input.variables("opam-version"),
    ...(switchName !== undefined && { switch: switchName }),
    request: {
      action: request.kind,
      install: asked(["install", "reinstall"]),
      remove: asked(["remove"]),
      upgrade: asked(["upgrade"]),
      criteria: criteria.map(criterionText).join(","),
    },
    ...(outcome.kind === "plan"
      ? { solution: outcome.actions.map(({ action, pkg }) => ({ [action]: idOf(pkg) })) }
      : { conflicts: { causes: argumentOf(outcome).lines } }),
  };
  return `${JSON.stringify(json)}\n`;
}

function idOf(pkg: { entry: { text: string }; version: string }): {
  name: string;
  version: string;
} {
  return { name: pkg.entry.text, version: pkg.version };
}

/** As in opam's `--criteria`. */
function criterionText(criterion: Criterion): string {
  return criterion.includes(",") ? `-count[${criterion}]` : `-${criterion}`;
}
