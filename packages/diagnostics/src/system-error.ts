import { MirageError } from "./mirage-error.js";

const hints: Readonly<Record<string, string>> = {
  EACCES: "check who owns it and its permissions",
  EPERM: "check who owns it and its permissions",
  ENOENT: "check the path",
  ENOSPC: "free some space on that disk and run the command again",
  EDQUOT: "the disk quota is used up: free some space and run the command again",
  EROFS: "that file system is mounted read-only: choose another folder",
  EMFILE: "raise the limit of open files with `ulimit -n`",
};

/**
 * An error of the operating system (from `node:fs`, `node:net`, `node:child_process`) as a
 * MirageError with its cause kept; everything else is returned as it is. Calls on what is open already
 * do not know its name: `path` says it then.
 */
export function fromSystemError(error: unknown, path?: string): unknown {
  if (!(error instanceof Error) || error instanceof MirageError) return error;
  const { code, syscall, path: place = path } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const reason = /^E[A-Z0-9]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message;
  const hint = hints[code];
  return new MirageError(`ERR_MIRAGE_SYSTEM_${code}`, place ? `${place}: ${reason}` : reason, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
