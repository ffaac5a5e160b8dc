import { opamEnvironment } from "./environment.js";
import { opamFailure } from "./failure.js";
import { freeSpace } from "./free-space.js";
import { heartbeat } from "./heartbeat.js";
import type { News } from "./install-progress.js";
import type { Lock } from "./lock.js";
import type { Log } from "./log.js";
import { opamProgress } from "./progress.js";
import { packageNames } from "./repositories.js";
import { type CommandResult, runLogged } from "./run-command.js";
import type { OpamTarget } from "./target.js";

/** What running opam takes: where, for how long, and where its words go. */
export interface Session {
  readonly target: OpamTarget;
  readonly log: Log;
  /** Held by opam too, so that it does not end before opam does. */
  readonly lock?: Lock;
  /** Folders of the repositories in use, to guess names from. */
  readonly repositoryFolders: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly progress: (news: News) => void;
  readonly signal: AbortSignal;
}

/** An almost full disk: opam cleans up after itself, which leaves a little space. */
const nothing = 1024 * 1024;

/** Runs opam to its end, whatever that is. */
export async function tryOpam(session: Session, args: readonly string[]): Promise<CommandResult> {
  const progress = opamProgress();
  const beat = heartbeat(session.progress);
  try {
    return await runLogged("opam", args, {
      env: { ...opamEnvironment(session.target), ...session.env },
      log: session.log,
      signal: session.signal,
      onLine: (line) => {
        const news = progress.news(line);
        if (news === undefined) beat.line(line);
        else beat.report(news);
      },
      ...(session.lock ? { heldFile: session.lock.fd } : {}),
    });
  } finally {
    beat.stop();
  }
}

/**
 * Runs opam and returns its standard output.
 * @throws MirageError `ERR_MIRAGE_OPAM_…` that says why it could not do what it was called for.
 */
export async function runOpam(
  session: Session,
  purpose: string,
  args: readonly string[],
): Promise<string> {
  const result = await tryOpam(session, args);
  if (result.exitCode === 0) return result.stdout;
  throw opamFailure(result, {
    purpose,
    log: session.log.path,
    knownPackages: await packageNames(session.repositoryFolders),
    diskIsFull: (await freeSpace(session.target.root)) < nothing,
  });
}
