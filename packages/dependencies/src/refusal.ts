import type { Written } from "@mirage/conf";
import { type Diagnostic, didYouMean, MirageError, type Span } from "@mirage/diagnostics";
import {
  type Atom,
  type Explanation,
  formatAtom,
  type Outcome,
  type Plan,
  parseAtom,
  type Suggestion,
} from "@mirage/opam-resolver";

import type { Target } from "@mirage/types";
import type { TargetProblem } from "./target-problems.js";

type Refused = Exclude<Outcome, Plan>;

/**
 * The error for packages that can't be had, at the places where they were asked for; `written` are those
 * of the .conf file.
 */
export function refusal(
  outcome: Refused,
  explanation: Explanation | undefined,
  written: readonly Written<string>[],
): MirageError {
  if (outcome.kind === "not-found") return notFound(outcome, written);
  const { asked = [], reasons = [], suggestions = [] } = explanation ?? {};
  const unwritten = asked.filter((atom) => placeOf(atom, written) === undefined);
  // Of its own packages mirage has one version only.
  const names = asked.map((atom) => (unwritten.includes(atom) ? atom.name : formatAtom(atom)));
  const what =
    names.length > 1
      ? `${listed(names)} cannot be installed together`
      : `${names[0] ?? "what the application needs"} cannot be installed`;
  const lines = [...unwritten.map(({ name }) => `mirage itself needs ${name}`), ...reasons];
  const message = [`${what}:`, ...lines.map((line) => `  ${line}`)].join("\n");
  const kept = ({ request }: Suggestion): boolean =>
    unwritten.every(({ name }) => request.atoms.some((atom) => atom.name === name));
  const hint = hintOf(suggestions.filter(kept));
  const spans = asked.flatMap((atom) => placeOf(atom, written) ?? []);
  const [span, ...others] = spans;
  if (others.length === 0) {
    return new MirageError("ERR_MIRAGE_OPAM_CONFLICT", message, { hint, ...(span && { span }) });
  }
  const details = asked.flatMap((atom): Diagnostic[] => {
    const place = placeOf(atom, written);
    if (place === undefined) return [];
    const rest = asked.filter((other) => other !== atom).map(formatAtom);
    const problem = `${formatAtom(atom)} does not go with ${listed(rest)}`;
    return [{ code: "ERR_MIRAGE_OPAM_CONFLICT", severity: "error", message: problem, span: place }];
  });
  return new MirageError("ERR_MIRAGE_OPAM_CONFLICT", `${message}\nhint: ${hint}`, {
    hint,
    details,
  });
}

/**
 * The error for a target whose own packages can't be had with the compiler and the packages that there
 * are: nothing in the .conf file is to blame. `problems` tells which other targets can.
 */
export function targetRefusal(
  target: Target,
  { reasons }: Explanation,
  problems: readonly TargetProblem[],
): MirageError {
  const works = problems.flatMap((problem) =>
    problem.reasons.length === 0 ? [problem.target.flag] : [],
  );
  const hint =
    works.length === 0
      ? "use an opam switch with another compiler: --switch NAME"
      : `${listed(works)} can be had here; or use an opam switch with another compiler: --switch NAME`;
  const lines = reasons.map((line) => `\n  ${line}`).join("");
  return new MirageError(
    "ERR_MIRAGE_OPAM_CONFLICT",
    `the target ${target.flag} does not work with this compiler and the packages that there are:${lines}`,
    { hint },
  );
}

/** Whether the .conf file asks for the package of an atom. */
export function isWritten(atom: Atom, written: readonly Written<string>[]): boolean {
  return placeOf(atom, written) !== undefined;
}

function placeOf(atom: Atom, written: readonly Written<string>[]): Span | undefined {
  return written.find(({ value }) => parseAtom(value)?.name === atom.name)?.span;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function hintOf(suggestions: readonly Suggestion[]): string {
  if (suggestions.length === 0) {
    return "change the packages or their versions, or use another switch (--switch)";
  }
  return suggestions
    .map(({ text, withoutInvariant }) => (withoutInvariant ? `${text} (--switch NAME)` : text))
    .join("\n      ");
}

function notFound(
  { atoms, universe }: Extract<Refused, { kind: "not-found" }>,
  written: readonly Written<string>[],
): MirageError {
  const details = atoms.map((atom) => {
    const { versions } = universe.entry(atom.name);
    const span = placeOf(atom, written);
    const problem = {
      code: "ERR_MIRAGE_OPAM_NOT_FOUND",
      severity: "error",
      ...(span !== undefined && { span }),
    } as const;
    if (versions.length === 0) {
      const meant = didYouMean(atom.name, universe.known());
      const hint =
        meant === undefined
          ? "check the name, or use an opam switch whose repositories have it"
          : `did you mean ${meant}?`;
      return { ...problem, message: `there is no opam package ${atom.name}`, hint };
    }
    const offered = versions.filter(({ available }) => available).map(({ version }) => version);
    const hint =
      offered.length === 0
        ? "none of its versions can be installed here: use another switch"
        : `there is ${offered.join(", ")}`;
    return { ...problem, message: `there is no ${formatAtom(atom)}`, hint };
  });
  const [first, second] = details;
  if (first === undefined || second !== undefined) {
    const names = atoms.map(formatAtom).join(", ");
    return new MirageError("ERR_MIRAGE_OPAM_NOT_FOUND", `there are no such packages: ${names}`, {
      details,
    });
  }
  const { hint, span, message } = first;
  return new MirageError("ERR_MIRAGE_OPAM_NOT_FOUND", message, { hint, ...(span && { span }) });
}
