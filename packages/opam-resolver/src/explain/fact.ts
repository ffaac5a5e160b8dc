import type { Atom } from "../resolve/request.js";
import type { Clause } from "../universe/formulas.js";
import type { NameEntry } from "../universe/universe.js";

/** Something that has to hold, of which an explanation makes one line. */
export type Fact =
  | { readonly kind: "request"; readonly atom: Atom; readonly clause: Clause }
  /** What an upgrade requires of a package besides what was asked for. */
  | { readonly kind: "upgrade"; readonly atom: Atom; readonly clause: Clause }
  | { readonly kind: "invariant"; readonly clause: Clause }
  | { readonly kind: "removal"; readonly entry: NameEntry }
  /** What the versions of a name say of certain other names. */
  | {
      readonly kind: "dependency";
      readonly entry: NameEntry;
      readonly targets: readonly NameEntry[];
    }
  /** Versions of two names that exclude each other. */
  | { readonly kind: "conflict"; readonly entry: NameEntry; readonly other: NameEntry }
  | { readonly kind: "class"; readonly name: string }
  /** Versions that can't be had. */
  | { readonly kind: "availability"; readonly entry: NameEntry };

/** The same for equal facts. */
export function factKey(fact: Fact): string {
  switch (fact.kind) {
    case "request":
    case "upgrade":
      return `${fact.kind} ${fact.atom.name} ${fact.atom.op ?? ""} ${fact.atom.version ?? ""}`;
    case "invariant":
      return `invariant ${fact.clause.map(({ entry, ranges }) => `${entry.text} ${ranges}`)}`;
    case "removal":
    case "availability":
      return `${fact.kind} ${fact.entry.text}`;
    case "dependency":
      return `dependency ${fact.entry.text} ${fact.targets.map(({ text }) => text).join(" ")}`;
    case "conflict":
      return `conflict ${[fact.entry.text, fact.other.text].sort().join(" ")}`;
    case "class":
      return `class ${fact.name}`;
  }
}

/** The names that a fact speaks of; of a conflict class none, as anything can be a member. */
export function namesIn(fact: Fact): readonly NameEntry[] {
  switch (fact.kind) {
    case "request":
    case "upgrade":
    case "invariant":
      return fact.clause.map(({ entry }) => entry);
    case "removal":
    case "availability":
      return [fact.entry];
    case "dependency":
      return [fact.entry, ...fact.targets];
    case "conflict":
      return [fact.entry, fact.other];
    case "class":
      return [];
  }
}
