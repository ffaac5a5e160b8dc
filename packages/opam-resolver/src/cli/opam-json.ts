import { argumentOf } from "../explain/explain.js";
import type { Criterion } from "../resolve/criteria.js";
import { formatAtom, type Request } from "../resolve/request.js";
import type { Outcome } from "../resolve/resolve.js";

/** What opam's JSON tells besides the answer. */
export interface Asked {
  readonly request: Request;
  readonly commandLine: readonly string[];
  readonly switchName: string | undefined;
}

/**
 * An answer in the form of opam 2.1's `--json`: after `opam-version` and `command-line` come, unless a
 * package was not found, `switch`, `request` and either `solution`, a list of
 * `{"install" | "remove": {"name", "version"}}`, or `conflicts` with their causes.
 */
export function opamJson({ request, commandLine, switchName }: Asked, outcome: Outcome): string {
  const atoms = request.atoms.map(formatAtom);
  const asked = (kinds: readonly Request["kind"][]): string[] =>
    kinds.includes(request.kind) ? atoms : [];
  const json = {
    "opam-version": outcome.universe.input.variables("opam-version"),
    "command-line": commandLine,
    ...(outcome.kind !== "not-found" && {
      ...(switchName !== undefined && { switch: switchName }),
      request: {
        action: request.kind,
        install: asked(["install", "reinstall"]),
        remove: asked(["remove"]),
        upgrade: asked(["upgrade"]),
        criteria: criteriaOf(outcome).map(criterionText).join(","),
      },
      ...answer(outcome),
    }),
  };
  return `${JSON.stringify(json)}\n`;
}

function answer(outcome: Outcome): object {
  if (outcome.kind !== "plan") return { conflicts: { causes: argumentOf(outcome).lines } };
  return { solution: outcome.actions.map(({ action, pkg }) => ({ [action]: idOf(pkg) })) };
}

function criteriaOf(outcome: Outcome): readonly Criterion[] {
  if (outcome.kind === "plan") return outcome.criteria;
  return outcome.kind === "conflict" ? outcome.problem.criteria : [];
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
