import { MirageError } from "@mirage/diagnostics";
import type { Connection } from "./connection.js";
import type { DiskContent } from "./disk.js";
import type { PublishEvent } from "./events.js";
import type { ImageRequest } from "./images.js";
import type { PollOptions } from "./wait.js";

/** One publication under way. */
export interface Run {
  readonly home: Connection;
  readonly content: DiskContent;
  readonly image: ImageRequest;
  readonly shareWith: readonly string[];
  readonly deprecateAfterDays: number | undefined;
  readonly workers: number;
  readonly poll: PollOptions;
  /** The folder of journals. */
  readonly journals: string;
  readonly signal: AbortSignal | undefined;
  readonly tell: (event: PublishEvent) => void;
}

/** Throws when somebody wants the run to end. Calls that create something aren't cut short. */
export function interruptionPoint({ signal }: Run): void {
  if (signal?.aborted) throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
}
