/** Write a file whole, through a temporary file and a rename; left alone when equal already. */
export interface WriteAction {
  readonly kind: "write";
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Permission bits, 0o644 when absent. */
  readonly mode?: number;
  /** A folder of somebody else's that the path must not leave, nor go through a link in it. */
  readonly within?: string;
}

/** Remove a file or a folder with all that is in it; nothing happens when it is absent. */
export interface RemoveAction {
  readonly kind: "remove";
  readonly path: string;
  /** As for a write. */
  readonly within?: string;
}

/** Run a command to its end; anything but exit code 0 is an error. */
export interface RunAction {
  readonly kind: "run";
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** A file that gets the command's output; without one it goes to our stderr. */
  readonly log?: string;
  /** What the command does, in a few words, for progress. */
  readonly title?: string;
}

/** What an effect of its own kind may use while it is performed. */
export interface StepContext {
  readonly signal: AbortSignal;
  progress(text: string): void;
}

/** Any other effect, such as opening a device: described by words, performed by a function. */
export interface StepAction {
  readonly kind: "step";
  readonly title: string;
  readonly detail?: string;
  perform(context: StepContext): Promise<void>;
}

export type Action = WriteAction | RemoveAction | RunAction | StepAction;

/** Effects in the order in which they take place. */
export type Plan = readonly Action[];
