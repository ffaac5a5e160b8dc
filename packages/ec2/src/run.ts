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

/**
 * Checks whether the run is to end; calls that create something are not cut short.
 * @throws when it was interrupted
 */
export function interruptionPoint({ signal }: Run): void {
  if (signal?.aborted) throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
}
