import { FILTER, NODE } from "../store/codes.js";
import { relops, rowField } from "../store/layout.js";
import type { Store } from "../store/store.js";
import type { NameEntry, PackageVersion } from "../universe/universe.js";

/**
 * The bounds that a package's `depends` sets on a name, as written but for the filters: `>= 4.08 & < 5`.
 * Empty if there are none; undefined if the name occurs several times.
 */
export function boundsText(pkg: PackageVersion, target: NameEntry): string | undefined {
  if (pkg.store === undefined) return undefined;
  const place = pkg.store.column(pkg.row, rowField.depends);
  if (place === 0) return undefined;
  const found = new FormulaText(pkg.store, place, pkg.version).boundsOn(target.text);
  return found.length === 1 ? found[0] : undefined;
}

/** The condition under which a package is available, as written; undefined if there is none. */
export function availabilityText(pkg: PackageVersion): string | undefined {
  if (pkg.store === undefined) return undefined;
  const filter = pkg.store.column(pkg.row, rowField.available);
  return filter < 0 ? undefined : new FilterText(pkg.store, filter).text();
}

class FormulaText {
  readonly #store: Store;
  #at: number;
  /** That of the package with the formula. */
  readonly #version: string;

  constructor(store: Store, place: number, version: string) {
    this.#store = store;
    this.#at = place;
    this.#version = version;
  }

  boundsOn(name: string): string[] {
    const found: string[] = [];
    this.#formula(name, found);
    return found;
  }

  #next(): number {
    return this.#store.sections.code[this.#at++] as number;
  }

  #formula(name: string, found: string[]): void {
    const word = this.#next();
    const kind = word & 255;
    if (kind === NODE.atom) {
      const own = this.#store.nameText(this.#next());
      const text = this.#condition(false);
      if (own === name) found.push(text);
    } else {
      for (let count = word >> 8; count > 0; count--) this.#formula(name, found);
    }
  }

  /** Filters are left out. */
  #condition(nested: boolean): string {
    const word = this.#next();
    const count = word >> 8;
    switch (word & 255) {
      case NODE.empty:
        return "";
      case NODE.filter:
        this.#next();
        return "";
      case NODE.constraint: {
        const operand = this.#next();
        const store = this.#store;
        if (operand >= 0) return `${relops[count]} ${store.versionText(operand)}`;
        const computed = new FilterText(store, -1 - operand).text();
        const isOwn = computed === "version" || computed === "_:version";
        return `${relops[count]} ${isOwn ? this.#version : computed}`;
      }
    }
    const isOr = (word & 255) === NODE.or;
    const items: string[] = [];
    for (let i = 0; i < count; i++) {
      const item = this.#condition(true);
      if (item !== "") items.push(item);
    }
    const text = items.join(isOr ? " | " : " & ");
    return nested && isOr && items.length > 1 ? `(${text})` : text;
  }
}

class FilterText {
  readonly #store: Store;
  #at: number;

  constructor(store: Store, filter: number) {
    this.#store = store;
    this.#at = store.sections.filters[filter] as number;
  }

  text(): string {
    return this.#filter("or");
  }

  #next(): number {
    return this.#store.sections.filterCode[this.#at++] as number;
  }

  /** `within`: the operator around, to tell where parentheses are needed. */
  #filter(within: "or" | "and" | "not"): string {
    const word = this.#next();
    const count = word >> 8;
    switch (word & 255) {
      case FILTER.never:
        return "false";
      case FILTER.always:
        return "true";
      case FILTER.string:
        return `"${this.#store.string(this.#next())}"`;
      case FILTER.variable:
        return this.#store.string(this.#next());
      case FILTER.relop: {
        const left = this.#filter("not");
        const right = this.#filter("not");
        const text = `${left} ${relops[count]} ${right}`;
        return within === "not" ? `(${text})` : text;
      }
      case FILTER.not:
        return `!${this.#filter("not")}`;
      case FILTER.defined:
        return `?${this.#filter("not")}`;
    }
    const isOr = (word & 255) === FILTER.or;
    const items: string[] = [];
    for (let i = 0; i < count; i++) items.push(this.#filter(isOr ? "or" : "and"));
    const text = items.join(isOr ? " | " : " & ");
    return within === "not" || (isOr && within === "and") ? `(${text})` : text;
  }
}
