import { compareVersions } from "@mirage/opam-file/version";
import { FLAG } from "../store/codes.js";
import { rowField } from "../store/layout.js";
import type { Store } from "../store/store.js";
import type { DependencyOptions, VariableLookup } from "./environment.js";
import { FilterEvaluator, type Lookup, toBoolean } from "./filters.js";
import { VersionOrder } from "./version-order.js";

/** A package pinned to a version, with its own definition unless a repository's is to be used. */
export interface Pin {
  readonly version: string;
  /** Where the definition is, if the pin has one. */
  readonly store?: Store;
}

export interface UniverseInput {
  /** Repositories; of equal versions the first one's counts. */
  readonly stores: readonly Store[];
  readonly pins: ReadonlyMap<string, Pin>;
  /** Version by name. */
  readonly installed: ReadonlyMap<string, string>;
  /** The definition of an installed package that no repository has any more: a store of it alone. */
  readonly definition: (pkg: { name: string; version: string }) => Store | undefined;
  readonly variables: VariableLookup;
  readonly options: DependencyOptions;
  /** Names to which the options apply. */
  readonly requested: ReadonlySet<string>;
}

/** A version of a package. */
export interface PackageVersion {
  readonly entry: NameEntry;
  readonly version: string;
  /** A number in the order of versions. */
  readonly order: number;
  /** Place among the versions of the name. */
  readonly position: number;
  /** Where its definition is; undefined for an installed package of which none is left. */
  readonly store: Store | undefined;
  readonly row: number;
  /** Offered by a repository or a pin, and its `available` filter holds. */
  readonly available: boolean;
  readonly installed: boolean;
  readonly pinned: boolean;
}

/** A name and all its known versions, in ascending order. */
export interface NameEntry {
  readonly text: string;
  readonly versions: readonly PackageVersion[];
  readonly installed: PackageVersion | undefined;
}

/** All packages, read as far as they are asked for. */
export class Universe {
  readonly input: UniverseInput;
  readonly #order: VersionOrder;
  readonly #entries = new Map<string, NameEntry>();
  readonly #byStore = new Map<Store, (NameEntry | undefined)[]>();
  readonly #evaluators = new Map<Store, FilterEvaluator>();
  readonly #switchMemo = new Map<Store, Int8Array>();
  readonly #dependsMemo = new Map<Store, Int8Array>();
  /** Whether it behaves as opam 2.2 and later: with the flag `deprecated`, and `with-dev-setup` defined. */
  readonly isSince22: boolean;
  /** Whether the filter under evaluation depends on the package that it belongs to. */
  #local = false;

  constructor(input: UniverseInput) {
    this.input = input;
    const largest = [...input.stores].sort((a, b) => b.size - a.size)[0];
    this.#order = new VersionOrder(largest);
    const version = String(input.variables("opam-version") ?? "2.1");
    this.isSince22 = compareVersions(version, "2.2~") >= 0;
  }

  entry(text: string): NameEntry {
    let entry = this.#entries.get(text);
    if (entry === undefined) {
      entry = this.#read(text);
      this.#entries.set(text, entry);
    }
    return entry;
  }

  /** The names that the repositories have versions of. */
  known(): string[] {
    return this.input.stores.flatMap((store) =>
      [...store.sections.sortedNames]
        .filter((name) => store.rowCount(name) > 0)
        .map((name) => store.nameText(name)),
    );
  }

  /** The names asked for so far. */
  mentioned(): Iterable<string> {
    return this.#entries.keys();
  }

  /** The entry of a name of a store. */
  entryOf(store: Store, name: number): NameEntry {
    let known = this.#byStore.get(store);
    if (known === undefined) {
      known = [];
      this.#byStore.set(store, known);
    }
    let entry = known[name];
    if (entry === undefined) {
      entry = this.entry(store.nameText(name));
      known[name] = entry;
    }
    return entry;
  }

  /** The installed version of a name. */
  installed(): PackageVersion[] {
    return [...this.input.installed.keys()].map(
      (name) => this.entry(name).installed as PackageVersion,
    );
  }

  /** The order of a version of a store. */
  orderOf(store: Store, version: number): number {
    return this.#order.of(store, version);
  }

  orderOfText(version: string): number {
    return this.#order.ofText(version);
  }

  hasFlag(pkg: PackageVersion, flag: number): boolean {
    return pkg.store !== undefined && (pkg.store.column(pkg.row, rowField.flags) & flag) !== 0;
  }

  /** Whether a version is advised against: a preview, or since opam 2.2 one that is given up. */
  isToAvoid(pkg: PackageVersion): boolean {
    return this.hasFlag(
      pkg,
      this.isSince22 ? FLAG.avoidVersion | FLAG.deprecated : FLAG.avoidVersion,
    );
  }

  /** The newest version that can be had and isn't advised against; else the newest that can be had. */
  newest(entry: NameEntry): PackageVersion | undefined {
    const offered = entry.versions.filter(({ available }) => available);
    return offered.findLast((pkg) => !this.isToAvoid(pkg)) ?? offered.at(-1);
  }

  /**
   * A filter of `available` or `conflicts`: only the switch's variables are defined, and the package's
   * own name and version.
   */
  switchFilter(
    store: Store,
    filter: number,
    name: string,
    version: () => string,
  ): boolean | undefined {
    return this.#memoised(this.#switchMemo, store, filter, (variable, pkg) =>
      this.#switchVariable(variable, pkg, name, version),
    );
  }

  /** A filter of `depends` or `depopts`; `build` and `post` are undefined unless given. */
  dependsFilter(
    pkg: PackageVersion,
    filter: number,
    mode?: { readonly build: boolean; readonly post: boolean },
  ): boolean | undefined {
    const lookup: Lookup = (variable, scope) => {
      if (scope === undefined) {
        if (variable === "build") return mode?.build;
        if (variable === "post") return mode?.post;
        const optional = this.#optionalDependency(variable, pkg);
        if (optional !== undefined) return optional;
      }
      return this.#switchVariable(variable, scope, pkg.entry.text, () => pkg.version);
    };
    const store = pkg.store as Store;
    if (mode === undefined) return this.#memoised(this.#dependsMemo, store, filter, lookup);
    return toBoolean(this.#evaluator(store).evaluate(filter, lookup));
  }

  /** The version that a bound computes, as in `{= version}`; undefined if a variable is undefined. */
  computedVersion(pkg: PackageVersion, filter: number): string | undefined {
    const value = this.#evaluator(pkg.store as Store).evaluate(filter, (variable, scope) =>
      this.#switchVariable(variable, scope, pkg.entry.text, () => pkg.version),
    );
    return value === undefined ? undefined : String(value);
  }

  #optionalDependency(variable: string, pkg: PackageVersion): boolean | undefined {
    const { withTest, withDoc, withDevSetup } = this.input.options;
    switch (variable) {
      case "with-test":
        return this.#forRequested(withTest === true, pkg);
      case "with-doc":
        return this.#forRequested(withDoc === true, pkg);
      case "with-dev-setup":
        return withDevSetup === undefined && !this.isSince22
          ? undefined
          : this.#forRequested(withDevSetup === true, pkg);
      case "dev":
        this.#local = true;
        return this.#isDevelopment(pkg);
      default:
        return undefined;
    }
  }

  #forRequested(option: boolean, pkg: PackageVersion): boolean {
    if (!option) return false;
    this.#local = true;
    return this.input.requested.has(pkg.entry.text);
  }

  /** Whether the source is a moving one: a version control system, or a pin to a place without checksum. */
  #isDevelopment(pkg: PackageVersion): boolean {
    if (!this.hasFlag(pkg, FLAG.url) || this.hasFlag(pkg, FLAG.checksum)) return false;
    return pkg.pinned || !this.hasFlag(pkg, FLAG.http);
  }

  #switchVariable(
    variable: string,
    scope: string | undefined,
    name: string,
    version: () => string,
  ): ReturnType<Lookup> {
    if (variable === "version" || variable === "name") {
      this.#local = true;
      if (scope === undefined || scope === "_" || scope === name) {
        return variable === "name" ? name : version();
      }
    }
    return scope === undefined ? this.input.variables(variable) : undefined;
  }

  #memoised(
    memos: Map<Store, Int8Array>,
    store: Store,
    filter: number,
    lookup: Lookup,
  ): boolean | undefined {
    let memo = memos.get(store);
    if (memo === undefined) {
      memo = new Int8Array(store.sections.filters.length);
      memos.set(store, memo);
    }
    const known = memo[filter];
    if (known === 1) return true;
    if (known === 2) return false;
    if (known === 3) return undefined;
    this.#local = false;
    const value = toBoolean(this.#evaluator(store).evaluate(filter, lookup));
    if (!this.#local) memo[filter] = value === undefined ? 3 : value ? 1 : 2;
    return value;
  }

  #evaluator(store: Store): FilterEvaluator {
    let evaluator = this.#evaluators.get(store);
    if (evaluator === undefined) {
      evaluator = new FilterEvaluator(store);
      this.#evaluators.set(store, evaluator);
    }
    return evaluator;
  }

  #read(text: string): NameEntry {
    const { stores, pins, installed, definition } = this.input;
    const found: Found[] = [];
    const pin = pins.get(text);
    const pinnedOrder = pin && this.#order.ofText(pin.version);
    if (pin?.store) this.#collect(pin.store, text, found);
    for (const store of stores) this.#collect(store, text, found);
    const version = installed.get(text);
    const installedOrder = version === undefined ? undefined : this.#order.ofText(version);
    if (version !== undefined && !found.some(({ order }) => order === installedOrder)) {
      const order = installedOrder as number;
      found.push({ order, store: definition({ name: text, version }), row: 0, offered: false });
    }
    found.sort((a, b) => a.order - b.order);
    const versions: PackageVersion[] = [];
    const entry = { text, versions, installed: undefined as PackageVersion | undefined };
    for (const { order, store, row, offered: isOffered } of found) {
      const pinned = order === pinnedOrder;
      const pkg: PackageVersion = {
        entry,
        version: store === undefined ? (version as string) : store.rowVersion(row),
        order,
        position: versions.length,
        store,
        row,
        available:
          isOffered &&
          (pin === undefined || pinned) &&
          this.#isAvailable(store as Store, row, text),
        installed: order === installedOrder,
        pinned,
      };
      if (pkg.installed) entry.installed = pkg;
      versions.push(pkg);
    }
    return entry;
  }

  /** Adds the versions that a store has of a name, unless found before. */
  #collect(store: Store, text: string, found: Found[]): void {
    const name = store.findName(text);
    if (name < 0) return;
    const before = found.length;
    const first = store.firstRow(name);
    const last = first + store.rowCount(name);
    for (let row = first; row < last; row++) {
      const order = this.#order.of(store, store.column(row, rowField.version));
      if (found.length > before && found[found.length - 1]?.order === order) continue;
      let known = false;
      for (let i = 0; i < before; i++) known ||= (found[i] as Found).order === order;
      if (!known) found.push({ order, store, row, offered: true });
    }
  }

  #isAvailable(store: Store, row: number, name: string): boolean {
    const filter = store.column(row, rowField.available);
    if (filter < 0) return true;
    return this.switchFilter(store, filter, name, () => store.rowVersion(row)) === true;
  }
}

interface Found {
  readonly order: number;
  readonly store: Store | undefined;
  readonly row: number;
  /** By a repository or a pin. */
  readonly offered: boolean;
}
