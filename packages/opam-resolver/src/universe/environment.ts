import type { VariableContents } from "@mirage/opam-file";

/** opam's global variables: `os`, `arch`, `opam-version`, … Undefined ones are absent. */
export type Variables = Readonly<Record<string, VariableContents>>;

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
