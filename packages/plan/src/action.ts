import type { MirageError } from "@mirage/diagnostics";

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
  /** Added to the environment of this process, or taken out of it where undefined. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A file that gets the command's output; without one it goes to the interpreter's `onOutput`. */
  readonly log?: string;
  /** Let it have a process group of its own: an interruption then ends all that it started, at once or by force. */
  readonly ownGroup?: true;
  /** What the command does, in a few words, for progress. */
  readonly title?: string;
  /** Holds the output back until the command has ended by itself, and says what becomes of it. */
  readonly judge?: (output: string, outcome: CommandOutcome) => Promise<Verdict>;
}

/** An exit code, or the signal that ended a command. */
export type CommandOutcome = number | NodeJS.Signals;

/** What is said of a command that has ended. */
export interface Verdict {
  /** The part of its output that is passed on. */
  readonly shown: string;
  /** Why it counts as failed; without it a command that failed is described as any other. */
  readonly error?: MirageError;
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
