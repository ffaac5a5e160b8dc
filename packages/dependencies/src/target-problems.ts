import { parseAtom } from "@mirage/opam-resolver";
import { type Target, targets } from "@mirage/types";
import { type Installation, type OpamOptions, prepareInstallation } from "./installation.js";

/** A target, and why its own packages cannot be had; no reasons: they can. */
export interface TargetProblem {
  readonly target: Target;
  readonly reasons: readonly string[];
}

/**
 * Which targets the compiler and the packages of an opam switch allow, whatever the application.
 * @throws MirageError as {@link prepareInstallation}
 */
export async function targetProblems(options: OpamOptions = {}): Promise<TargetProblem[]> {
  return targetProblemsIn(await prepareInstallation(options));
}

/** As {@link targetProblems}, for an installation that is known already. */
export async function targetProblemsIn(installation: Installation): Promise<TargetProblem[]> {
  const problems: TargetProblem[] = [];
  for (const target of targets) {
    const names = new Set(target.components.map(({ package: name }) => name));
    const atoms = [...names].flatMap((name) => parseAtom(name) ?? []);
    problems.push({ target, reasons: (await installation.explain(atoms))?.reasons ?? [] });
  }
  return problems;
}
