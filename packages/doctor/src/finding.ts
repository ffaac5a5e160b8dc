/** `missing`: something cannot be done without it. `optional`: something less usual. */
export type State = "ok" | "missing" | "optional";

/** What fixes a problem. */
export type Fix =
  /** Packages of the distribution. */
  | { readonly kind: "packages"; readonly names: readonly string[] }
  /** A command, and what it needs root for, if it does. */
  | { readonly kind: "command"; readonly words: readonly string[]; readonly asRoot: boolean };

/** What a check found. */
export interface Finding {
  readonly state: State;
  /** What was found, or is not there and what for it is needed. */
  readonly detail: string;
  readonly fix?: Fix;
  /** What to do, where no single command helps. */
  readonly advice?: string;
}

export interface Check {
  readonly name: string;
  /** Looks, and changes nothing. */
  examine(): Promise<Finding>;
}

/** What is needed for one purpose: building, or a target. */
export interface CheckGroup {
  /** `build`, or the flag of a target. */
  readonly name: string;
  readonly title: string;
  readonly checks: readonly Check[];
}

/** A group with what its checks found. */
export interface ExaminedGroup extends Pick<CheckGroup, "name" | "title"> {
  readonly findings: readonly (Finding & { readonly name: string })[];
}
