import { join } from "node:path";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import { type Action, describeAction, execute, type Plan } from "@mirage/plan";
import {
  type ActualState,
  knownAsSatisfied,
  readActualState,
  repositoryFolders,
} from "./actual-state.js";
import { opamExec, switchEnvironment } from "./environment.js";
import { findOpam } from "./find-opam.js";
import { checkFreeSpace } from "./free-space.js";
import type { InstallProgress, News } from "./install-progress.js";
import { acquireLock, type Lock } from "./lock.js";
import { checkLog, type Log, openLog } from "./log.js";
import { allPackages, type InstallRequest, packageText } from "./request.js";
import type { Session } from "./session.js";
import { installSteps } from "./steps.js";
import { type InstalledPackages, readInstalled } from "./switch-state.js";
import { rootKey, switchPrefix } from "./target.js";
import { requireSwitch } from "./user-switch.js";
import { removeRepositories, removeRoot } from "./work.js";

/** A switch that has what was requested. */
export interface Installed {
  readonly root: string;
  readonly switch: string;
  readonly binDir: string;
  /** Where findlib libraries are; those of the distribution are found besides. */
  readonly libDir: string;
  /** Versions of all packages in the switch, by name. */
  readonly packages: InstalledPackages;
  /** Set these to run programs of the switch and to build with its libraries. */
  readonly env: Readonly<Record<string, string>>;
  /** The words that run a command in the switch: a prefix for a Makefile or a shell. */
  readonly exec: readonly string[];
}

export interface EnsureOptions extends InstallRequest {
  readonly onProgress?: (progress: InstallProgress) => void;
  /** Gets all that opam and apt print, as it comes; the log has it too. */
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Sees to it that a switch has the requested packages. When it is known to have them, no program is
 * called. Another mirage at work on the same root is waited for; what one that was killed left
 * half-made is repaired, in a private root by recreating it.
 * @throws MirageError that says what is missing or what opam or apt could not do.
 */
export async function ensureInstalled(options: EnsureOptions): Promise<Installed> {
  try {
    checkLog(options.log, options.logWithin);
    const known = await knownAsSatisfied(options);
    if (known) return installedIn(options, known);
    return installedIn(options, await installUnderLock(options));
  } catch (error) {
    throw fromSystemError(error);
  }
}

/**
 * What {@link ensureInstalled} would do, a step an effect; empty when there is nothing to do.
 * Performing any of the steps does it all.
 */
export async function installationPlan(request: InstallRequest): Promise<Plan> {
  checkLog(request.log, request.logWithin);
  if (await knownAsSatisfied(request)) return [];
  if (!request.target.owned) await requireSwitch(request.target);
  let done: Promise<unknown> | undefined;
  const steps = installSteps(request, await readActualState(request), () => {
    throw new Error("only described");
  });
  return steps.map((action) => ({
    kind: "step",
    ...describedStep(action),
    perform: async ({ signal, progress }) => {
      done ??= ensureInstalled({
        ...request,
        signal,
        onProgress: ({ task, text }) => progress(text ?? task),
      });
      await done;
    },
  }));
}

function describedStep(action: Action): { readonly title: string; readonly detail?: string } {
  if (action.kind !== "step") return { title: describeAction(action, { cwd: "/" }) };
  const { title, detail } = action;
  return detail === undefined ? { title } : { title, detail };
}

async function installUnderLock(options: EnsureOptions): Promise<InstalledPackages> {
  const { target } = options;
  if (!target.owned) await requireSwitch(target);
  const { missingSystemPackages } = await readActualState(options);
  await findOpam(missingSystemPackages);
  await checkFreeSpace(target.dataFolder);
  const lock = await acquireLock(join(target.dataFolder, "locks", rootKey(target)), {
    onWait: (holder) =>
      options.onProgress?.({
        task: `waiting for another mirage${holder === undefined ? "" : ` (process ${holder})`} to finish with opam`,
      }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  try {
    const known = await knownAsSatisfied(options);
    if (known) return known;
    const log = copied(openLog(options.log, options.logWithin), options.onOutput);
    try {
      await installOrRepair(options, log, lock);
    } finally {
      log.close();
    }
  } finally {
    lock.release();
  }
  return confirmInstalled(options);
}

async function installOrRepair(options: EnsureOptions, log: Log, lock: Lock): Promise<void> {
  const before = await readActualState(options);
  try {
    await install(options, before, log, lock);
  } catch (error) {
    if (!options.target.owned || !pointsAtDamage(error, before)) throw error;
    options.onProgress?.({ task: "recreate the private opam root, which is damaged" });
    log.write("the private opam root is damaged; recreating it\n");
    await removeRoot(options);
    await removeRepositories(options);
    await install(options, await readActualState(options), log, lock);
  }
}

async function install(
  options: EnsureOptions,
  actual: ActualState,
  log: Log,
  lock: Lock,
): Promise<void> {
  const { target } = options;
  let task = "";
  const progress = (news: News) => options.onProgress?.({ task, ...news });
  const steps = installSteps(options, actual, ({ signal }): Session => {
    return { target, log, lock, repositoryFolders: repositoryFolders(options), signal, progress };
  });
  await execute(steps, {
    onEvent: (event) => {
      if (event.kind !== "start" || event.action.kind !== "step") return;
      task = event.action.title;
      options.onProgress?.({ task });
    },
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** A log whose text somebody else gets too. */
function copied(log: Log, copy: EnsureOptions["onOutput"]): Log {
  if (copy === undefined) return log;
  const write = (text: string) => {
    log.write(text);
    copy(text);
  };
  return { path: log.path, write, close: () => log.close() };
}

/** opam failed for no reason it has a name for, over files that were there before. */
function pointsAtDamage(error: unknown, before: ActualState): boolean {
  return (
    error instanceof MirageError &&
    error.code === "ERR_MIRAGE_OPAM_FAILED" &&
    before.rootFolderExists
  );
}

async function confirmInstalled(options: EnsureOptions): Promise<InstalledPackages> {
  const installed = await readInstalled(options.target);
  const absent = allPackages(options).filter(({ name }) => !installed?.has(name));
  if (installed && absent.length === 0) return installed;
  throw new MirageError(
    "ERR_MIRAGE_OPAM_FAILED",
    `opam succeeded but did not install ${absent.map(packageText).join(", ")}`,
    { hint: `opam's whole output is in ${options.log}`, exitCode: 70 },
  );
}

function installedIn({ target }: InstallRequest, packages: InstalledPackages): Installed {
  const prefix = switchPrefix(target);
  return {
    root: target.root,
    switch: target.switch,
    binDir: join(prefix, "bin"),
    libDir: join(prefix, "lib"),
    packages,
    env: switchEnvironment(target),
    exec: opamExec(target),
  };
}
