import { MirageError } from "@mirage/diagnostics";
import { storeOf } from "../store/builder.js";
import type { Store } from "../store/store.js";
import type { Pin } from "../universe/universe.js";

/** A package and its version. */
export interface PackageId {
  readonly name: string;
  readonly version: string;
}

/** The state of a switch, as its files tell it. */
export interface SwitchInput {
  readonly installed?: readonly PackageId[];
  /** Packages that the user asked for; `opam remove --auto-remove` keeps them. */
  readonly roots?: readonly PackageId[];
  /** Packages that make up the compiler. */
  readonly compiler?: readonly PackageId[];
  readonly pins?: readonly PinInput[];
  /** A formula as in `depends` that must always hold, such as `"ocaml-base-compiler" {= "5.3.0"}`. */
  readonly invariant?: string;
  /** The opam file of an installed package that no repository offers any more, empty if unknown. */
  readonly definition?: (pkg: PackageId) => string;
  /** Names of installed packages to build again when something depends on them. */
  readonly reinstall?: readonly string[];
}

/** A pinned package. */
export interface PinInput extends PackageId {
  /**
   * The text of its opam file, if it has one of its own. Pinned to a place rather than to a version, it
   * counts as a development package (variable `dev`).
   */
  readonly opam?: string;
}

/** The state of a switch, in the form that resolution uses. */
export interface SwitchState {
  /** Version by name. */
  readonly installed: ReadonlyMap<string, string>;
  /** Names. */
  readonly roots: ReadonlySet<string>;
  readonly compiler: ReadonlySet<string>;
  readonly pins: ReadonlyMap<string, Pin>;
  /** A store with one package, whose dependencies are the switch invariant. */
  readonly invariant: Store | undefined;
  /** The definition of an installed package that no repository offers any more. */
  readonly definition: (pkg: PackageId) => Store | undefined;
  readonly reinstall: ReadonlySet<string>;
}

/** Name of the pseudo package whose dependencies are the switch invariant. */
export const invariantField = "invariant";

/** Prepares the state of a switch for resolution. */
export function prepareState(input: SwitchInput): SwitchState {
  const { installed = [], roots = [], compiler = [], pins = [] } = input;
  const pinned = new Map<string, Pin>();
  for (const { name, version, opam } of pins) {
    const store = opam === undefined ? undefined : storeOfPin(name, version, opam);
    pinned.set(name, store === undefined ? { version } : { version, store });
  }
  const { invariant } = input;
  return {
    installed: new Map(installed.map(({ name, version }) => [name, version])),
    roots: new Set(roots.map(({ name }) => name)),
    compiler: new Set(compiler.map(({ name }) => name)),
    pins: pinned,
    invariant:
      invariant === undefined
        ? undefined
        : checked(
            "the invariant of the switch",
            storeOf([{ name: invariantField, version: "1", opam: `depends: ${invariant}` }]),
          ),
    definition: (pkg) => {
      const opam = input.definition?.(pkg) ?? "";
      return opam === "" ? undefined : checked(fileOf(pkg.name), storeOf([{ ...pkg, opam }]));
    },
    reinstall: new Set(input.reinstall),
  };
}

function storeOfPin(name: string, version: string, opam: string): Store {
  // Where it is pinned to doesn't matter here, but that it is.
  const place = /^url\s*\{/m.test(opam) ? "" : '\nurl { src: "file:///" }\n';
  return checked(fileOf(name), storeOf([{ name, version, opam: opam + place }]));
}

function fileOf(name: string): string {
  return `the opam file of ${name}`;
}

function checked(what: string, { store, unreadable }: ReturnType<typeof storeOf>): Store {
  const [problem] = unreadable;
  if (problem !== undefined) {
    const { message, offset } = problem;
    throw new MirageError(
      "ERR_MIRAGE_OPAM_DEFINITION",
      `${what} can't be read: ${message}, at byte ${offset}`,
    );
  }
  return store;
}
