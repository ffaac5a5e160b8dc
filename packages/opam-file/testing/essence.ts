import type { Item, Value } from "../src/ast.js";

/** A node without its offsets, and without parentheses around single values. */
export function essence(node: Value | Item): unknown {
  if (node.kind === "group" && node.items.length === 1) return essence(node.items[0] as Value);
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, inner]) => {
      if (key === "start" || key === "end" || inner === undefined) return [];
      if (Array.isArray(inner)) return [[key, inner.map(essence)]];
      return [[key, typeof inner === "object" ? essence(inner) : inner]];
    }),
  );
}
