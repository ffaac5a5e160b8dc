/** What an installation is doing, for a person who waits. */
export interface InstallProgress {
  /** The step under way, such as `install with opam`. */
  readonly task: string;
  /** Its latest news, such as `building lwt`; absent when it has just begun. */
  readonly text?: string;
  /** Which package of the task this is, and how many there are. */
  readonly count?: Count;
  /** Set when there is nothing new: the same work still goes on. */
  readonly reminder?: true;
}

/** `3 of 43`. */
export interface Count {
  readonly number: number;
  readonly total: number;
}

/** News of a task. */
export type News = Omit<InstallProgress, "task"> & { readonly text: string };
