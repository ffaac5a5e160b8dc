import {
  type Environment,
  evaluateFilter,
  type Filter,
  filterVariables,
  isKnownVariable,
} from "./filter.js";
import { negateRelOp } from "./version.js";

/**
 * Simplifies a filter given the variables that are known; those for which `known` returns undefined
 * stay. The result holds, doesn't hold or is undefined exactly as the filter does, in every
 * environment that agrees with `known` and gives no booleans as strings to the other variables.
 */
export function simplifyFilter(filter: Filter, known: Environment): Filter {
  const constant = constantOf(filter, known);
  if (constant !== undefined) return constant;
  switch (filter.kind) {
    case "relop": {
      const left = constantOf(filter.left, known) ?? filter.left;
      const right = constantOf(filter.right, known) ?? filter.right;
      return { kind: "relop", op: filter.op, left, right };
    }
    case "and":
    case "or":
      return junction(
        filter.kind,
        filter.items.map((item) => simplifyFilter(item, known)),
      );
    case "not":
      return negateFilter(simplifyFilter(filter.item, known));
    default:
      return filter;
  }
}

/** The negation of a filter, without a `!` where there is a shorter way. */
export function negateFilter(filter: Filter): Filter {
  switch (filter.kind) {
    case "bool":
      return { kind: "bool", value: !filter.value };
    case "relop":
      return { ...filter, op: negateRelOp(filter.op) };
    case "not":
      // Negated twice, a string is a boolean, wherever it stands.
      return isString(filter.item) ? { kind: "not", item: filter } : filter.item;
    default:
      return { kind: "not", item: filter };
  }
}

/** The value of a filter that depends on nothing unknown. */
function constantOf(filter: Filter, known: Environment): Filter | undefined {
  if (!filterVariables(filter).every((variable) => isKnownVariable(variable, known))) {
    return undefined;
  }
  const value = evaluateFilter(filter, known);
  if (typeof value === "boolean") return { kind: "bool", value };
  return value === undefined ? undefined : { kind: "string", value: value.replaceAll("%", "%%") };
}

function junction(kind: "and" | "or", filters: readonly Filter[]): Filter {
  // Whether a string "true" or "false" decides depends on its place, so it must keep that.
  if (filters.some(isString)) return { kind, items: filters };
  const absorbing = kind === "or";
  const items = new Map<string, Filter>();
  for (const filter of filters) {
    const nested = filter.kind === kind && !filter.items.some(isString);
    for (const item of nested ? filter.items : [filter]) {
      if (item.kind !== "bool") items.set(JSON.stringify(item), item);
      else if (item.value === absorbing) return item;
    }
  }
  const [first, second] = [...items.values()];
  if (first === undefined) return { kind: "bool", value: !absorbing };
  return second === undefined ? first : { kind, items: [...items.values()] };
}

function isString({ kind }: Filter): boolean {
  return kind === "string";
}
