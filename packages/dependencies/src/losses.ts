import { MirageError } from "@mirage/diagnostics";
import type { Plan } from "@mirage/opam-resolver";

/** What a plan takes away from a switch: a package, or a newer version of it. */
export interface Loss {
  readonly kind: "removal" | "downgrade";
  readonly name: string;
  /** The version installed now. */
  readonly version: string;
  /** The older version that takes its place. */
  readonly instead?: string;
}

/** What the user agreed to lose, by package names. */
export interface Agreed {
  readonly removals: readonly string[];
  readonly downgrades: readonly string[];
}

/** What a plan removes from the switch, and then what it downgrades, each in the order of names. */
export function lossesOf({ universe, result }: Plan): Loss[] {
  const after = new Map(result.map((pkg) => [pkg.entry.text, pkg]));
  const losses = universe.installed().flatMap(({ entry, version, order }): Loss[] => {
    const { text: name } = entry;
    const next = after.get(name);
    if (next === undefined) return [{ kind: "removal", name, version }];
    if (next.order >= order) return [];
    return [{ kind: "downgrade", name, version, instead: next.version }];
  });
  const rank = ({ kind, name }: Loss) => `${kind === "removal" ? 0 : 1}${name}`;
  return losses.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** `userapp.1 would be removed`, `greet would be downgraded from 1.1 to 1.0`. */
export function lossInWords({ name, version, instead }: Loss): string {
  return instead === undefined
    ? `${name}.${version} would be removed`
    : `${name} would be downgraded from ${version} to ${instead}`;
}

/** The losses that nobody agreed to. */
export function unagreed(losses: readonly Loss[], agreed: Agreed): Loss[] {
  return losses.filter(({ kind, name }) => {
    return !(kind === "removal" ? agreed.removals : agreed.downgrades).includes(name);
  });
}

/** The error for losses that nobody agreed to; `reasons` says of each why it is needed. */
export function lossError(
  switchName: string,
  losses: readonly Loss[],
  reasons: ReadonlyMap<Loss, readonly string[]>,
): MirageError {
  const lines = losses.flatMap((loss) => [
    `  ${lossInWords(loss)}`,
    ...(reasons.get(loss) ?? []).map((line) => `    ${line}`),
  ]);
  const flags = losses.map(({ kind, name }) => `--allow-${kind} ${name}`).join(" ");
  return new MirageError(
    "ERR_MIRAGE_OPAM_LOSS",
    `the switch ${switchName} would lose what is installed in it:\n${lines.join("\n")}`,
    { hint: `ask for other packages or name another switch; to agree: ${flags}` },
  );
}
