import type { RelOp } from "@mirage/opam-file";
import { expandString, type VariableContents } from "@mirage/opam-file/filter";
import { compareVersions, satisfiesRelOp } from "@mirage/opam-file/version";
import { FILTER } from "../store/codes.js";
import { relops } from "../store/layout.js";
import type { Store } from "../store/store.js";

/** The value of a filter; undefined where it depends on an undefined variable. */
export type FilterValue = boolean | string | undefined;

/** Looks a variable up. `pkg` is the package before the colon, `_` for the package itself. */
export type Lookup = (variable: string, pkg: string | undefined) => VariableContents | undefined;

/**
 * Evaluates the filters of a store, with opam's three-valued logic: `false & undefined` is false,
 * `true | undefined` true, an undefined operand otherwise makes the whole undefined.
 */
export class FilterEvaluator {
  readonly #store: Store;
  #lookup: Lookup = () => undefined;
  #at = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  evaluate(filter: number, lookup: Lookup): FilterValue {
    this.#lookup = lookup;
    this.#at = this.#store.sections.filters[filter] as number;
    return this.#next();
  }

  #next(): FilterValue {
    const { filterCode } = this.#store.sections;
    const word = filterCode[this.#at++] as number;
    const count = word >> 8;
    switch (word & 255) {
      case FILTER.never:
        return false;
      case FILTER.always:
        return true;
      case FILTER.string: {
        const text = this.#store.string(filterCode[this.#at++] as number);
        return text.includes("%") ? expandString(text, this.#lookup) : text;
      }
      case FILTER.variable:
        return this.#variable(this.#store.string(filterCode[this.#at++] as number));
      case FILTER.relop: {
        const left = this.#next();
        const right = this.#next();
        if (left === undefined || right === undefined) return undefined;
        return satisfiesRelOp(relops[count] as RelOp, compareVersions(String(left), String(right)));
      }
      case FILTER.and:
        return this.#junction(count, false);
      case FILTER.or:
        return this.#junction(count, true);
      case FILTER.not: {
        const value = toBoolean(this.#next());
        return value === undefined ? undefined : !value;
      }
      default:
        return this.#next() !== undefined;
    }
  }

  #junction(count: number, absorbing: boolean): FilterValue {
    let result = this.#next();
    for (let i = 1; i < count; i++) {
      const value = this.#next();
      if (result === absorbing || value === absorbing) {
        result = absorbing;
        continue;
      }
      const left = toBoolean(result);
      const right = toBoolean(value);
      if (left === undefined || right === undefined) result = undefined;
      else result = absorbing ? left || right : left && right;
    }
    return result;
  }

  #variable(identifier: string): FilterValue {
    const colon = identifier.lastIndexOf(":");
    if (colon < 0) return toValue(this.#lookup(identifier, undefined));
    const packages = identifier.slice(0, colon).split("+").filter(Boolean);
    const name = identifier.slice(colon + 1);
    const enable = name === "enable";
    const variable = enable ? "installed" : name;
    let value: FilterValue = true;
    if (packages.length === 1) {
      value = toValue(this.#lookup(variable, packages[0]));
    } else {
      for (const pkg of packages) {
        const one = toBoolean(toValue(this.#lookup(variable, pkg)));
        if (one !== true) value = one;
        if (one === false) break;
      }
    }
    return enable ? (toBoolean(value) === true ? "enable" : "disable") : value;
  }
}

function toValue(contents: VariableContents | undefined): FilterValue {
  return typeof contents === "object" ? contents.join(" ") : contents;
}

/** The boolean that a value stands for, undefined if none. */
export function toBoolean(value: FilterValue): boolean | undefined {
  if (value === "true") return true;
  if (value === "false") return false;
  return typeof value === "string" ? undefined : value;
}
