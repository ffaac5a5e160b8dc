import { MirageError } from "@mirage/diagnostics";
import {
  findInstance,
  forgetInstance,
  type Instance,
  isAlive,
  listInstances,
  stopInstance,
} from "@mirage/instances";
import { launcherOfInstance, remoteLauncher, type StopRequest } from "@mirage/launch";
import { interruptible } from "@mirage/plan";
import { say } from "../terminal/terminal.js";

interface StopFlags {
  readonly kill?: true;
  /** Seconds. */
  readonly timeout?: number;
  readonly host?: string;
}

/** Seconds that an instance of a target unknown to this mirage is waited for. */
const usualPatience = 10;

/** `mirage stop`: ends what runs, forgets what has ended; all names are tried. */
export async function stop(names: readonly string[], flags: StopFlags): Promise<void> {
  const { host } = flags;
  const end =
    host === undefined
      ? await namedStop(names, flags)
      : (name: string) => stopRemotely(name, host, flags);
  const outcomes = await Promise.allSettled(names.map(end));
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason] : [],
  );
  const [first, ...others] = failures;
  if (others.length > 0 && failures.every((failure) => failure instanceof MirageError)) {
    const details = failures.flatMap((failure) => failure.toDiagnostics());
    const summary = `${failures.length} of ${names.length} could not be ended`;
    throw new MirageError("ERR_MIRAGE_STOP", summary, { details });
  }
  if (first) throw first;
}

/** All names are looked up before anything is ended. */
async function namedStop(names: readonly string[], flags: StopFlags) {
  const instances = await listInstances();
  const found = new Map(names.map((name) => [name, findInstance(name, instances)]));
  return async (name: string) => {
    const instance = found.get(name);
    if (instance) await stopOne(instance, flags);
  };
}

async function stopOne(instance: Instance, flags: StopFlags): Promise<void> {
  const { name, status } = instance;
  const launcher = await launcherOfInstance(instance);
  const patience = launcher?.patience ?? usualPatience;
  if (status === "starting" || status === "running" || isAlive(instance.supervisor)) {
    const { kill, timeoutMs } = limits(flags, patience);
    await stopInstance(instance, { kill, timeoutMs });
    const log = instance.isDetached ? `: \`mirage logs ${name}\` has what it printed` : "";
    say(`${name} ended${log}`);
    return;
  }
  const left = await launcher?.leftRunning?.(instance);
  if (left) {
    await interruptible((signal) => left.stop({ ...limits(flags, patience), signal }));
    say(`${name}, which nobody followed, ended`);
  } else {
    say(`${name} had ended already and is forgotten`);
  }
  await forgetInstance(instance);
}

async function stopRemotely(name: string, host: string, flags: StopFlags): Promise<void> {
  const { remote, patience } = await remoteLauncher();
  await interruptible((signal) => remote.stop(host, name, { ...limits(flags, patience), signal }));
  say(`${name} ended on ${host}`);
}

function limits({ kill, timeout }: StopFlags, patience: number): Omit<StopRequest, "signal"> {
  return { kill: kill === true, timeoutMs: (timeout ?? patience) * 1000 };
}
