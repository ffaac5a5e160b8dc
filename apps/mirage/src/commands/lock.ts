import { relative } from "node:path";
import { configuredTarget, type TargetFlags } from "@mirage/application";
import { configuredOpam } from "@mirage/application/opam";
import { Dependencies, type OpamOptions } from "@mirage/dependencies";
import { MirageError } from "@mirage/diagnostics";
import { compareLock, type Lock, printDifference, printLock } from "@mirage/opam-resolver/lock";
import { loadApplication } from "../load-application.js";
import { perform } from "../terminal/perform.js";
import { say } from "../terminal/terminal.js";

interface LockOptions extends OpamOptions, TargetFlags {
  readonly dryRun?: true;
  readonly json?: true;
}

/** `mirage lock`: notes the exact packages of a build, so that `configure --locked` repeats it. */
export async function lock(file: string | undefined, options: LockOptions): Promise<void> {
  const { configuration } = await loadApplication(file);
  const target = await configuredTarget(configuration.file, options);
  const opam = await configuredOpam(configuration.file, options);
  const dependencies = await Dependencies.of(configuration, target, opam);
  const before = await lockBefore(dependencies);
  const now = await dependencies.lock((await dependencies.chosen()).packages);
  const content = printLock(now);
  const path = dependencies.lockFile;
  await perform([{ kind: "write", path, content, within: dependencies.directory }], options);
  if (options.dryRun) return;
  const shown = relative(process.cwd(), path);
  if (before === "damaged") {
    say(`${shown} could not be read, and was rewritten: it holds ${now.packages.length} packages`);
    return;
  }
  if (before === undefined) {
    say(
      `${shown} holds ${now.packages.length} packages: \`mirage configure --locked\` keeps to it`,
    );
    return;
  }
  const difference = printDifference(compareLock(before.packages, now.packages));
  say(difference === "" ? `${shown} is up to date` : `${shown} has changed:\n${difference}`);
}

/** The lock that will be replaced, if there is one. */
async function lockBefore(dependencies: Dependencies): Promise<Lock | "damaged" | undefined> {
  try {
    return await dependencies.readLock();
  } catch (error) {
    if (error instanceof MirageError && error.code.startsWith("ERR_MIRAGE_OPAM_")) return "damaged";
    throw error;
  }
}
