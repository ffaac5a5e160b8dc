/** `NAME(PREDICATE,-PREDICATE) = "VALUE"` of a META file. */
export interface MetaDefinition {
  readonly name: string;
  /** All of them must hold; one that begins with `-` must not. */
  readonly predicates: readonly string[];
  readonly operator: "=" | "+=";
  readonly value: string;
}

/** A META file, or one `package` within it. */
export interface Meta {
  readonly definitions: readonly MetaDefinition[];
  readonly packages: ReadonlyMap<string, Meta>;
}

/** A comment; the beginning of a package; its end; a definition. */
const statement =
  /#[^\n]*|package\s*"([^"]*)"\s*\(|(\))|([\w.-]+)\s*(?:\(([^()"]*)\))?\s*(\+?=)\s*"((?:[^"\\]|\\[\s\S])*)"/g;

/** Reads a META file. What is not a statement of its grammar is passed over. Format: META(5). */
export function parseMeta(text: string): Meta {
  const root = emptyPackage();
  const open: ReturnType<typeof emptyPackage>[] = [root];
  for (const [, opened, closed, name, predicates = "", operator, value = ""] of text.matchAll(
    statement,
  )) {
    const current = open[open.length - 1] ?? root;
    if (opened !== undefined) {
      const inner = emptyPackage();
      current.packages.set(opened, inner);
      open.push(inner);
    } else if (closed !== undefined) {
      open.pop();
    } else if (name !== undefined) {
      current.definitions.push({
        name,
        predicates: words(predicates),
        operator: operator === "+=" ? "+=" : "=",
        value: value.replace(/\\([\s\S])/g, "$1"),
      });
    }
  }
  return root;
}

/**
 * The value of a variable where these predicates hold: of the definitions that fit, the one with
 * the most predicates, the earlier of two equals, and what `+=` adds to it.
 */
export function metaValue(
  { definitions }: Meta,
  name: string,
  predicates: ReadonlySet<string>,
): string | undefined {
  const fitting = definitions.filter(
    (definition) =>
      definition.name === name &&
      definition.predicates.every((predicate) =>
        predicate.startsWith("-") ? !predicates.has(predicate.slice(1)) : predicates.has(predicate),
      ),
  );
  const [base] = fitting
    .filter(({ operator }) => operator === "=")
    .sort((a, b) => b.predicates.length - a.predicates.length);
  const added = fitting.filter(({ operator }) => operator === "+=");
  const values = [...(base ? [base] : []), ...added].map(({ value }) => value);
  return values.length === 0 ? undefined : values.join(" ");
}

function emptyPackage(): { definitions: MetaDefinition[]; packages: Map<string, Meta> } {
  return { definitions: [], packages: new Map() };
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}
