import type { VariableContents } from "@mirage/opam-file";

/** opam's global variables: `os`, `arch`, `opam-version`, … Undefined where there is none. */
export type VariableLookup = (name: string) => VariableContents | undefined;

/** Variables, as a list or as a function. */
export type Variables = Readonly<Record<string, VariableContents>> | VariableLookup;

/** Looks variables up in the first of several lists that defines them. */
export function variableLookup(...lists: readonly Variables[]): VariableLookup {
  return (name) => {
    for (const list of lists) {
      let contents: VariableContents | undefined;
      if (typeof list === "function") contents = list(name);
      else if (Object.hasOwn(list, name)) contents = list[name];
      if (contents !== undefined) return contents;
    }
    return undefined;
  };
}

/** Which optional dependencies count, and for whom. */
export interface DependencyOptions {
  /** Tests of the requested packages. */
  readonly withTest?: boolean;
  /** Documentation of the requested packages. */
  readonly withDoc?: boolean;
  /**
   * Development tools of the requested packages. Where it isn't given the variable is undefined, as in
   * opam before 2.2.
   */
  readonly withDevSetup?: boolean;
}
