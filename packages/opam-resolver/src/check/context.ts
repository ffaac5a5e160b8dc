import {
  allowsVersion,
  compareVersions,
  type Environment,
  type Filter,
  filterHolds,
  type PackageDefinition,
  parseFields,
  parsePackageId,
  readPackage,
  satisfiesRelOp,
} from "@mirage/opam-file";
import type { Atom } from "../resolve/request.js";
import type { PackageId, SwitchInput } from "../state/switch-state.js";
import {
  type DependencyOptions,
  type VariableLookup,
  type Variables,
  variableLookup,
} from "../universe/environment.js";
import type { Definitions } from "./definitions.js";

/** All that a plan is judged by, read plainly: no index, no solver. */
export class CheckContext {
  readonly state: SwitchInput;
  readonly #definitions: Definitions;
  readonly #variables: VariableLookup;
  readonly #options: DependencyOptions;
  readonly #requested: ReadonlySet<string>;
  readonly #installedVersions: ReadonlyMap<string, string>;

  constructor(
    definitions: Definitions,
    state: SwitchInput,
    variables: Variables,
    options: DependencyOptions,
    requested: ReadonlySet<string>,
  ) {
    this.#definitions = definitions;
    this.state = state;
    this.#variables = variableLookup(variables);
    this.#options = options;
    this.#requested = requested;
    this.#installedVersions = new Map(
      (state.installed ?? []).map(({ name, version }) => [name, version]),
    );
  }

  /** The version installed at the start. */
  installed(name: string): string | undefined {
    return this.#installedVersions.get(name);
  }

  get installedNames(): string[] {
    return [...this.#installedVersions.keys()];
  }

  definition({ name, version }: PackageId): PackageDefinition | undefined {
    const pin = this.#pin(name);
    if (pin?.opam !== undefined && pin.version === version) {
      return readPackage(parseFields(pin.opam, pinFields, `${name}.opam`)).package;
    }
    const known = this.#definitions.definition(name, version);
    if (known !== undefined) return known;
    if (compareVersions(this.installed(name) ?? "", version) !== 0) return undefined;
    const own = this.state.definition?.({ name, version }) ?? "";
    return own === ""
      ? undefined
      : readPackage(parseFields(own, pinFields, `${name}.opam`)).package;
  }

  /** The versions of a name that could be had. */
  available(name: string): string[] {
    const pin = this.#pin(name);
    const versions = this.#definitions.versions(name);
    if (pin?.opam !== undefined && !versions.includes(pin.version)) versions.push(pin.version);
    return versions.filter((version) => this.isAvailable({ name, version }));
  }

  isAvailable(pkg: PackageId): boolean {
    const pin = this.#pin(pkg.name);
    if (pin !== undefined && compareVersions(pin.version, pkg.version) !== 0) return false;
    const definition = this.definition(pkg);
    return definition !== undefined && this.holds(definition.available, pkg);
  }

  hasFlag(pkg: PackageId, flag: string): boolean {
    return this.definition(pkg)?.flags.includes(flag) ?? false;
  }

  isRequested(name: string): boolean {
    return this.#requested.has(name);
  }

  holds(filter: Filter, pkg: PackageId): boolean {
    return filterHolds(filter, this.switchEnvironment(pkg));
  }

  /** The variables in `available` and `conflicts`. */
  switchEnvironment({ name, version }: PackageId): Environment {
    return (variable, pkg) => {
      if (pkg === undefined || pkg === "_" || pkg === name) {
        if (variable === "name") return name;
        if (variable === "version") return version;
      }
      return pkg === undefined ? this.#variables(variable) : undefined;
    };
  }

  /** The variables in `depends`. */
  dependsEnvironment(pkg: PackageId): Environment {
    const others = this.switchEnvironment(pkg);
    const requested = this.#requested.has(pkg.name);
    const { withTest, withDoc, withDevSetup } = this.#options;
    return (variable, scope) => {
      if (scope !== undefined) return others(variable, scope);
      switch (variable) {
        case "build":
        case "post":
          return true;
        case "with-test":
          return withTest === true && requested;
        case "with-doc":
          return withDoc === true && requested;
        case "with-dev-setup":
          return withDevSetup === undefined ? undefined : withDevSetup && requested;
        case "dev":
          return this.#isDevelopment(pkg);
        default:
          return others(variable, scope);
      }
    };
  }

  #isDevelopment(pkg: PackageId): boolean {
    const pin = this.#pin(pkg.name);
    const url = this.definition(pkg)?.url;
    if (url === undefined) return pin?.opam !== undefined;
    if (url.checksums.length > 0) return false;
    return pin !== undefined || !/^(?:https?|ftp):/.test(url.src ?? "");
  }

  #pin(name: string): NonNullable<SwitchInput["pins"]>[number] | undefined {
    return this.state.pins?.find((pin) => pin.name === name);
  }
}

/** Whether a version satisfies an atom of the same name. */
export function matches({ op, version: bound }: Atom, version: string): boolean {
  if (op === undefined || bound === undefined) return true;
  return satisfiesRelOp(op, compareVersions(version, bound));
}

/** `name.version`. */
export function label({ name, version }: PackageId): string {
  return `${name}.${version}`;
}

/** Reads labels. */
export function fromLabels(labels: Iterable<string>): PackageId[] {
  return [...labels].map((text) => parsePackageId(text)).filter((pkg) => pkg !== undefined);
}

export { allowsVersion };

const pinFields = new Set([
  "depends",
  "depopts",
  "conflicts",
  "conflict-class",
  "available",
  "flags",
  "tags",
  "url",
]);
