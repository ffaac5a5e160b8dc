import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MirageError } from "@mirage/diagnostics";
import type { Plan } from "@mirage/plan";
import {
  type CreatedDomain,
  type CreateRequest,
  createDomain,
  type DomainConsole,
  type DomainEvent,
  destroyDomain,
  followDomain,
  localHost,
  openConsole,
  planCreate,
  readXlConfig,
  shutdownDomain,
  sshHost,
  unpauseDomain,
  type XenHost,
} from "@mirage/xl";
import type { ApplicationToRun, RunFlags, Watcher } from "./application-to-run.js";
import { interruptible } from "./perform.js";
import { say } from "./terminal.js";

const interruptedCode = 130;

/** What creating the domain comes to, for a dry run. */
export async function planXen(application: ApplicationToRun, { host }: RunFlags): Promise<Plan> {
  return planCreate(xenHost(host), await requestOf(application)).steps;
}

/** Creates the domain, shows its console, and follows it to its end; returns the exit code. */
export async function runXen(
  application: ApplicationToRun,
  { host }: RunFlags,
  watcher: Watcher,
): Promise<number> {
  const xen = xenHost(host);
  const request = await requestOf(application);
  // Paused, so that the console is open before the first line is printed.
  const domain = await interruptible((signal) =>
    createDomain(xen, { ...request, paused: true }, { signal, onProgress: say }),
  );
  const note = (id: number) => {
    const where = host === undefined ? {} : { host };
    watcher.note({ phase: "running", domain: { id, name: domain.name, ...where } });
  };
  note(domain.id);
  try {
    return await followToItsEnd(xen, domain, watcher, note);
  } finally {
    await domain.cleanUp();
  }
}

/** This machine, or another one that ssh reaches. */
export function xenHost(host: string | undefined): XenHost {
  return host === undefined ? localHost() : sshHost(host);
}

async function requestOf({ directory, name }: ApplicationToRun): Promise<CreateRequest> {
  return { config: await readXlConfig(join(directory, `${name}.xl`)), directory };
}

async function followToItsEnd(
  xen: XenHost,
  domain: CreatedDomain,
  watcher: Watcher,
  note: (id: number) => void,
): Promise<number> {
  const console = openConsole(xen, domain.id, {
    onOutput: (chunk) => process.stdout.write(chunk),
  });
  let wasAsked = false;
  const onSignal = () => {
    const end = wasAsked ? destroyDomain : shutdownDomain;
    say(
      wasAsked
        ? `destroying ${domain.name}`
        : `asking ${domain.name} to shut down; once more destroys it`,
    );
    wasAsked = true;
    watcher.asked();
    end(xen, domain.id).catch((error: Error) => say(error.message));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    await unpause(xen, domain.id);
    watcher.ready();
    for await (const event of followDomain(xen, domain)) {
      say(describe(event, domain.name));
      if (event.type === "restarted") note(event.id);
      if (event.type === "ended") {
        await lastWords(console, event);
        return exitCode(event, wasAsked);
      }
    }
    throw new MirageError("ERR_MIRAGE_RUN_ENDED", `nobody knows how ${domain.name} ended`);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await console.close().catch(() => {}); // it ends with its domain
  }
}

/** A domain that can't be started does not stay, paused. */
async function unpause(xen: XenHost, id: number): Promise<void> {
  try {
    await unpauseDomain(xen, id);
  } catch (error) {
    await destroyDomain(xen, id).catch(() => {});
    throw error;
  }
}

const lastWordsMs = { gone: 3_000, kept: 300 };

/** Lets the console print what is under way; that of a domain that is kept stays open. */
async function lastWords(
  { closed }: DomainConsole,
  { isKept }: DomainEvent & { type: "ended" },
): Promise<void> {
  const patience = delay(isKept ? lastWordsMs.kept : lastWordsMs.gone, undefined, { ref: false });
  await Promise.race([closed.catch(() => {}), patience]);
}

function describe(event: DomainEvent, name: string): string {
  switch (event.type) {
    case "state":
      return `${name} is ${event.state}`;
    case "restarted":
      return `${name} was started again as domain ${event.id}`;
    case "ended":
      return event.isKept
        ? `${name} ended (${event.reason ?? "unknown"}); \`xl destroy ${name}\` removes what is kept of it`
        : `${name} ended (${event.reason ?? "unknown"})`;
  }
}

function exitCode({ reason }: DomainEvent & { type: "ended" }, wasAsked: boolean): number {
  if (wasAsked) return interruptedCode;
  return reason === "poweroff" || reason === "reboot" ? 0 : 1;
}
