/** How a long command shows what it is doing: one task after the other, each with its news. */
export interface Progress {
  /** A task begins; the one before it is done. */
  task(title: string): void;
  /** The task's latest news. */
  news(news: News): void;
  /** A sentence that stays on the screen. */
  note(text: string): void;
  /** Something that a called program printed, with its own line ends. */
  output(text: string): void;
  /** The last task is done, or with `false` has failed. */
  end(succeeded: boolean): void;
}

export interface News {
  readonly text: string;
  /** Which one this is of a known number of things. */
  readonly count?: { readonly number: number; readonly total: number };
  /** Set when nothing is new: for displays on which silence would look like a hang. */
  readonly reminder?: true;
  /** Set when more such news follow shortly: for displays that redraw. */
  readonly passing?: true;
}

/** The options of a command that shows progress. */
export interface ProgressFlags {
  readonly quiet?: true;
  readonly verbose?: true;
}

/** `building lwt (3 of 43)`. */
export function newsText({ text, count }: News): string {
  return count === undefined ? text : `${text} (${count.number} of ${count.total})`;
}
