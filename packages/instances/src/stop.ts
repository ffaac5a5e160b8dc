import { rm, stat } from "node:fs/promises";
import { MirageError } from "@mirage/diagnostics";
import { isAlive } from "./identity.js";
import type { Instance } from "./list.js";

export interface StopOptions {
  /** Ask twice at once: the unikernel is killed and gets no time to end by itself. */
  readonly kill?: boolean;
  /** Milliseconds to wait for the end. */
  readonly timeoutMs: number;
}

/** Milliseconds between two looks whether a process has ended. */
const intervalMs = 25;

/**
 * Asks the supervisor of a running instance to end it, and waits until it has.
 * @throws MirageError `ERR_MIRAGE_INSTANCE_PERMISSION` if it is another user's,
 * `ERR_MIRAGE_INSTANCE_STOP` if it does not end in time
 */
export async function stopInstance(instance: Instance, options: StopOptions): Promise<void> {
  ask(instance, "SIGTERM");
  if (options.kill) ask(instance, "SIGINT"); // a second SIGTERM could arrive as one with the first
  const deadline = Date.now() + options.timeoutMs;
  while (isAlive(instance.supervisor)) {
    if (Date.now() > deadline) {
      throw new MirageError(
        "ERR_MIRAGE_INSTANCE_STOP",
        `${instance.name} didn't end within ${options.timeoutMs / 1000} s`,
        { hint: `\`mirage stop --kill ${instance.name}\` doesn't ask` },
      );
    }
    await pause();
  }
}

/**
 * Removes the record and the log of an instance that has ended. Only its own user can: root does not
 * remove below a folder whose links are another user's.
 * @throws MirageError `ERR_MIRAGE_INSTANCE_PERMISSION` if it is another user's
 */
export async function forgetInstance(instance: Instance): Promise<void> {
  const { uid } = await stat(instance.folder);
  if (uid !== process.getuid?.()) throw permission(instance);
  await rm(instance.folder, { recursive: true, force: true });
}

function ask(instance: Instance, signal: NodeJS.Signals): void {
  if (!isAlive(instance.supervisor)) return;
  try {
    process.kill(instance.supervisor.pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPERM") throw permission(instance, error);
    if (code !== "ESRCH") throw error;
  }
}

function permission({ name, user }: Instance, cause?: unknown): MirageError {
  const command = `mirage stop ${name}`;
  return new MirageError("ERR_MIRAGE_INSTANCE_PERMISSION", `${name} belongs to ${user}`, {
    cause,
    hint: user === "root" ? `\`sudo ${command}\`` : `${user} can: \`${command}\``,
  });
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, intervalMs));
}
