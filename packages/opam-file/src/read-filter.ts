import type { Located, Value } from "./ast.js";
import { type Filter, parseVariable } from "./filter.js";
import { Mismatch } from "./mismatch.js";

const hint = "a filter is made of variables, strings, `= != < <= > >=`, `& | ! ?` and parentheses";

/**
 * Reads a value as a filter.
 * @throws Mismatch
 */
export function filterOfValue(value: Value): Filter {
  switch (value.kind) {
    case "bool":
      return { kind: "bool", value: value.value };
    case "string":
      return { kind: "string", value: value.value };
    case "int":
      return { kind: "string", value: String(value.value) };
    case "ident":
      return parseVariable(value.name);
    case "group":
      return filterOfValues(value.items, value);
    case "relop": {
      const { op } = value;
      return {
        kind: "relop",
        op,
        left: filterOfValue(value.left),
        right: filterOfValue(value.right),
      };
    }
    case "and":
    case "or":
      return { kind: value.kind, items: value.items.map(filterOfValue) };
    case "not":
    case "defined":
      return { kind: value.kind, item: filterOfValue(value.value) };
    default:
      throw new Mismatch(value, "expected a filter here", hint);
  }
}

/** Reads the contents of `{ … }`, `( … )` or `[ … ]` as one filter; nothing is `true`. */
export function filterOfValues(values: readonly Value[], place: Located): Filter {
  const [first, second] = values;
  if (first === undefined) return { kind: "bool", value: true };
  if (second !== undefined) {
    throw new Mismatch(place, "expected a single filter here", "join filters by `&` or `|`");
  }
  return filterOfValue(first);
}
