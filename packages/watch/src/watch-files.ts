import { once } from "node:events";
import { resolve, sep } from "node:path";
import { watch } from "chokidar";

export interface WatchedFiles {
  /** Files and folders, absolute, with all below them. */
  readonly paths: readonly string[];
  /** What below them changes by itself, such as build output: with all below it. */
  readonly ignored: readonly string[];
}

/** Changes of files, for one reader. */
export interface FileChanges {
  /** Waits for changes, and for a moment of quiet after them; the absolute paths, each once. */
  next(signal: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Milliseconds without a change after which those before belong together: longer than chokidar waits
 * to see whether a file that went away is back, as when an editor replaces it.
 */
const quietMs = 150;

/** What editors and version control leave beside the files, for a moment or for good. */
const byTheWay =
  /(^|[/\\])(\.git|\.hg|\.svn|#[^/\\]*#|\.#[^/\\]*|[^/\\]*~|\.?[^/\\]*\.sw[a-z]|4913)$/;

/** Watches files; returns when no change is missed any more. */
export async function watchFiles({ paths, ignored }: WatchedFiles): Promise<FileChanges> {
  const hidden = ignored.map((path) => resolve(path));
  const isIgnored = (path: string) => {
    return byTheWay.test(path) || hidden.some((top) => path === top || path.startsWith(top + sep));
  };
  const watcher = watch([...paths], { ignored: isIgnored, ignoreInitial: true, atomic: true });
  const changed = new Set<string>();
  let wake = () => {};
  watcher.on("all", (_event, path) => {
    changed.add(resolve(path));
    wake();
  });
  watcher.on("error", () => {}); // a file that went away while it was looked at
  await once(watcher, "ready");
  const nextChange = (signal: AbortSignal, ms?: number) =>
    new Promise<void>((settle) => {
      const timer = ms === undefined ? undefined : setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        settle();
      }
      wake = done;
      if (signal.aborted) done();
      else signal.addEventListener("abort", done, { once: true });
    });
  return {
    async next(signal) {
      while (changed.size === 0 && !signal.aborted) await nextChange(signal);
      for (let before = -1; before !== changed.size && !signal.aborted; ) {
        before = changed.size;
        await nextChange(signal, quietMs);
      }
      const paths = [...changed].sort();
      changed.clear();
      return paths;
    },
    close: () => watcher.close(),
  };
}
