import type { Written } from "@mirage/conf";
import { didYouMean, MirageError } from "@mirage/diagnostics";
import { type Atom, formatAtom, type Outcome, type Plan, parseAtom } from "@mirage/opam-resolver";

type Refused = Exclude<Outcome, Plan>;

/** The error for packages that can't be had; `written` are those of the .conf file. */
export function refusal(
  outcome: Refused,
  atoms: readonly Atom[],
  written: readonly Written<string>[],
): MirageError {
  switch (outcome.kind) {
    case "not-found":
      return notFound(outcome, written);
    case "conflict": {
      const wanted = atoms.map(formatAtom).join(", ");
      return new MirageError(
        "ERR_MIRAGE_OPAM_CONFLICT",
        `the packages cannot be installed together: ${wanted}`,
        { hint: "change the packages or their versions, or use another switch" },
      );
    }
    case "cycle": {
      const names = outcome.cycle.map(({ pkg }) => pkg.entry.text).join(", ");
      return new MirageError(
        "ERR_MIRAGE_OPAM_CONFLICT",
        `the packages wait for each other to be built: ${names}`,
        { hint: "report it to their authors; other versions may not have the problem" },
      );
    }
  }
}

function notFound(
  { atoms, universe }: Extract<Refused, { kind: "not-found" }>,
  written: readonly Written<string>[],
): MirageError {
  const details = atoms.map((atom) => {
    const { versions } = universe.entry(atom.name);
    const span = written.find(({ value }) => parseAtom(value)?.name === atom.name)?.span;
    const problem = {
      code: "ERR_MIRAGE_OPAM_NOT_FOUND",
      severity: "error",
      ...(span !== undefined && { span }),
    } as const;
    if (versions.length === 0) {
      const meant = didYouMean(atom.name, knownNames(universe));
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
    return { ...problem, message: `no version of ${atom.name} is ${formatAtom(atom)}`, hint };
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

function knownNames(universe: Refused["universe"]): string[] {
  return universe.input.stores.flatMap((store) =>
    Array.from({ length: store.nameCount }, (_, id) => id)
      .filter((id) => store.rowCount(id) > 0)
      .map((id) => store.nameText(id)),
  );
}
