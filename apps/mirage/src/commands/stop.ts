import { MirageError } from "@mirage/diagnostics";
import {
  findInstance,
  forgetInstance,
  type Instance,
  listInstances,
  stopInstance,
} from "@mirage/instances";
import { sshHost } from "@mirage/xl/host";
import { endDomain } from "../run/end-domain.js";
import { lostDomain } from "../run/lost-domain.js";
import { xenHost } from "../run/run-xen.js";
import { interruptible } from "../terminal/perform.js";
import { say } from "../terminal/terminal.js";

interface StopFlags {
  readonly kill?: true;
  /** Seconds. */
  readonly timeout?: number;
  readonly host?: string;
}

/** Seconds that are waited: the runner gives a process 5 of them, and xl a guest 60. */
const patience = { process: 10, domain: 90 };

/** `mirage stop`: ends what runs, forgets what has ended; all names are tried. */
export async function stop(names: readonly string[], flags: StopFlags): Promise<void> {
  const { host } = flags;
  const end =
    host === undefined
      ? await namedStop(names, flags)
      : (name: string) => stopDomain(name, host, flags);
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
  if (status === "starting" || status === "running") {
    const seconds = flags.timeout ?? patience[instance.domain ? "domain" : "process"];
    await stopInstance(instance, { kill: flags.kill === true, timeoutMs: seconds * 1000 });
    say(`${name} ended`);
    return;
  }
  const domain = await lostDomain(instance);
  if (domain) {
    await interruptible((signal) => endDomain(xenHost(undefined), domain, limits(flags, signal)));
    say(`${name}, which nobody followed, ended`);
  } else {
    say(`${name} had ended already and is forgotten`);
  }
  await forgetInstance(instance);
}

async function stopDomain(name: string, host: string, flags: StopFlags): Promise<void> {
  await interruptible((signal) => endDomain(sshHost(host), name, limits(flags, signal)));
  say(`${name} ended on ${host}`);
}

function limits({ kill, timeout = patience.domain }: StopFlags, signal: AbortSignal) {
  return { kill: kill === true, timeoutMs: timeout * 1000, signal };
}
