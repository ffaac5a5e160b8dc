import { MirageError } from "@mirage/diagnostics";
import type { News } from "./install-progress.js";
import { lastLines } from "./last-lines.js";
import type { Log } from "./log.js";
import { runLogged } from "./run-command.js";

/** The command that installs packages of the distribution, as a person would type it. */
export function aptCommand(packages: readonly string[], asRoot = isRoot()): string {
  const sudo = asRoot ? "" : "sudo ";
  return `${sudo}apt-get install -y --no-install-recommends ${packages.join(" ")}`;
}

/** Whether this process may install packages of the distribution. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

export interface AptOptions {
  readonly log: Log;
  readonly onProgress?: (news: News) => void;
  readonly signal?: AbortSignal;
}

/**
 * Installs packages of the distribution without asking; lists that are out of date are fetched
 * again. Another apt at work is waited for.
 * @throws MirageError `ERR_MIRAGE_SYSTEM_PACKAGES_MISSING` when not root, and others by apt's reason.
 */
export async function aptInstall(packages: readonly string[], options: AptOptions): Promise<void> {
  if (!isRoot()) throw missingPackages(packages);
  const install = ["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600"];
  const first = await aptGet([...install, ...packages], options);
  if (first.exitCode === 0) return;
  let output = first.output;
  if (listsAreOutdated(output)) {
    options.onProgress?.({ text: "fetching apt's lists" });
    const update = await aptGet(["update"], options);
    output = update.output;
    if (update.exitCode === 0) {
      const second = await aptGet([...install, ...packages], options);
      if (second.exitCode === 0) return;
      output = second.output;
    }
  }
  throw aptFailure(packages, output, options.log.path);
}

/** The error for packages that only root could install. */
export function missingPackages(packages: readonly string[]): MirageError {
  const what =
    packages.length === 1
      ? `the Debian package ${packages[0]} is not installed`
      : `${packages.length} Debian packages are not installed: ${packages.join(", ")}`;
  return new MirageError("ERR_MIRAGE_SYSTEM_PACKAGES_MISSING", what, {
    hint: `install with: ${aptCommand(packages)}`,
  });
}

async function aptGet(args: readonly string[], options: AptOptions) {
  const progress = aptProgress();
  const result = await runLogged("apt-get", args, {
    env: { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    log: options.log,
    politely: true,
    onLine: (line) => {
      const news = progress(line);
      if (news !== undefined) options.onProgress?.(news);
    },
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return { exitCode: result.exitCode, output: `${result.stdout}\n${result.stderr}` };
}

/** Follows one run of apt-get: the news in a line of its output, if any. */
export function aptProgress(): (line: string) => News | undefined {
  let total = 0;
  let setUp = 0;
  let last: string | undefined;
  const interpret = (line: string): News | undefined => {
    const [, upgraded, installed] = /^(\d+) upgraded, (\d+) newly installed/.exec(line) ?? [];
    if (upgraded !== undefined) total = Number(upgraded) + Number(installed);
    const fetched = /^Get:\d+ \S+ \S+ \S+ (\S+)/.exec(line);
    if (fetched) return { text: `downloading ${fetched[1]}` };
    const [, name] = /^Setting up (\S+)/.exec(line) ?? [];
    if (name !== undefined) {
      const text = `setting up ${name.replace(/:\w+$/, "")}`;
      if (text !== last) setUp += 1;
      return total > 1 ? { text, count: { number: Math.min(setUp, total), total } } : { text };
    }
    if (/^Waiting for cache lock/.test(line)) return { text: "waiting for another apt to finish" };
    return undefined;
  };
  return (line) => {
    const news = interpret(line);
    if (news === undefined || news.text === last) return undefined;
    last = news.text;
    return news;
  };
}

function listsAreOutdated(output: string): boolean {
  return /Unable to locate package|has no installation candidate|404 +Not Found/.test(output);
}

/** Why apt-get failed, from what it said. */
export function aptFailure(packages: readonly string[], output: string, log: string): MirageError {
  const whole = `apt's whole output is in ${log}`;
  const unknown = [
    ...output.matchAll(/Unable to locate package (\S+)|Package '([^']+)' has no installation/g),
  ].map((found) => found[1] ?? found[2]);
  if (/No space left on device|not enough free space|have enough free space/i.test(output)) {
    return new MirageError("ERR_MIRAGE_DISK_FULL", "the disk is full: apt could not go on", {
      hint: `free some space and run the command again; ${whole}`,
    });
  }
  if (
    /Temporary failure resolving|Could not resolve|Could not connect|Connection (?:timed out|failed)/.test(
      output,
    )
  ) {
    return new MirageError("ERR_MIRAGE_APT_NETWORK", "apt cannot reach the distribution's server", {
      hint: `check the network and any proxy, then run the command again; ${whole}`,
    });
  }
  if (unknown.length > 0) {
    return new MirageError(
      "ERR_MIRAGE_APT_NOT_FOUND",
      `the distribution does not have ${unknown.join(", ")}`,
      { hint: `check the sources that apt uses; ${whole}` },
    );
  }
  if (/Could not get lock|Unable to acquire the dpkg frontend lock/.test(output)) {
    return new MirageError("ERR_MIRAGE_APT_LOCKED", "another program is using apt", {
      hint: "run the command again when it has ended",
    });
  }
  return new MirageError(
    "ERR_MIRAGE_APT_FAILED",
    `apt could not install ${packages.join(", ")}:\n${lastLines(output, 8)}`,
    { hint: whole },
  );
}
