import { setTimeout as delay } from "node:timers/promises";
import type { ConfiguredApplication } from "@mirage/application";
import { MirageError } from "@mirage/diagnostics";
import { interruptible, type Plan } from "@mirage/plan";
import { getString, setValue, type XlConfig } from "@mirage/xl/config";
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
  shutdownDomain,
  sshHost,
  unpauseDomain,
  type XenHost,
} from "@mirage/xl/host";
import { holdDisks } from "../disks.js";
import { kernelLine } from "../kernel-line.js";
import type { RunFlags, RunObserver } from "../launcher.js";
import { readTrustedConfig } from "./trusted-config.js";

const interruptedCode = 130;

/** What creating the domain comes to, for a dry run. */
export async function planXen(application: ConfiguredApplication, flags: RunFlags): Promise<Plan> {
  const { host } = flags;
  const { trusted, ...request } = requestOf(application, flags);
  const words = trusted.map((title): Plan[number] => ({
    kind: "step",
    title,
    perform: async () => {},
  }));
  return [...words, ...planCreate(xenHost(host), request).steps];
}

/** Creates the domain, shows its console, and follows it to its end; returns the exit code. */
export async function runXen(
  application: ConfiguredApplication,
  flags: RunFlags,
  observer: RunObserver,
): Promise<number> {
  const { host } = flags;
  const xen = xenHost(host);
  const { trusted, ...request } = requestOf(application, flags);
  trusted.forEach(observer.say);
  const release = host === undefined ? await holdDisks(application) : () => {};
  try {
    return await runDomain(xen, request, flags, observer);
  } finally {
    release();
  }
}

async function runDomain(
  xen: XenHost,
  request: CreateRequest,
  { host }: RunFlags,
  observer: RunObserver,
): Promise<number> {
  // Paused, so that the console is open before the first line is printed.
  const domain = await interruptible((signal) =>
    createDomain(xen, { ...request, paused: true }, { signal, onProgress: observer.say }),
  );
  const note = (id: number) => {
    const where = host === undefined ? {} : { host };
    observer.note({ phase: "running", domain: { id, name: domain.name, ...where } });
  };
  note(domain.id);
  try {
    return await followToItsEnd(xen, domain, observer, note);
  } finally {
    await domain.cleanUp();
  }
}

/** This machine, or another one that ssh reaches. */
function xenHost(host: string | undefined): XenHost {
  return host === undefined ? localHost() : sshHost(host);
}

function requestOf(
  application: ConfiguredApplication,
  flags: RunFlags,
): CreateRequest & { readonly trusted: readonly string[] } {
  const { config, trusted } = readTrustedConfig(application, flags);
  return { config: withTold(config, flags), directory: application.directory, trusted };
}

/** The config with words behind those that it has for the kernel; where there is `cmdline`, xl reads no `extra`. */
function withTold(config: XlConfig, flags: RunFlags): XlConfig {
  const line = kernelLine(flags);
  if (line === "") return config;
  const key = getString(config, "cmdline") === undefined ? "extra" : "cmdline";
  const before = getString(config, key);
  return setValue(config, key, before === undefined ? line : `${before} ${line}`);
}

async function followToItsEnd(
  xen: XenHost,
  domain: CreatedDomain,
  observer: RunObserver,
  note: (id: number) => void,
): Promise<number> {
  const { name } = domain;
  let id = domain.id; // another one each time that xl starts it again
  let console = showConsole(xen, id, observer);
  let wasAsked = false;
  const onSignal = () => {
    const end = wasAsked ? destroyDomain : shutdownDomain;
    observer.say(
      wasAsked ? `destroying ${name}` : `asking ${name} to shut down; once more destroys it`,
    );
    wasAsked = true;
    observer.asked();
    end(xen, id).catch((error: Error) => observer.say(error.message));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    await unpause(xen, id);
    observer.ready();
    for await (const event of followDomain(xen, domain)) {
      observer.say(describe(event, name));
      if (event.type === "restarted") {
        await lastWords(console, false);
        id = event.id;
        console = showConsole(xen, id, observer);
        note(id);
      }
      if (event.type === "ended") {
        await lastWords(console, event.isKept);
        return exitCode(event, wasAsked);
      }
    }
    throw new MirageError("ERR_MIRAGE_RUN_ENDED", `nobody knows how ${name} ended`);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await console.close().catch(() => {});
  }
}

/** Prints what a domain prints, from the beginning; that it can't be had does not end the domain. */
function showConsole(xen: XenHost, id: number, observer: RunObserver): DomainConsole {
  const console = openConsole(xen, id, { onOutput: observer.output });
  console.closed.catch((error: MirageError) => {
    if (error.code !== "ERR_MIRAGE_XL_NO_DOMAIN")
      observer.say(`its console cannot be shown: ${error.message}`);
  });
  return console;
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

/** Lets the console print what is under way, and closes it; that of a domain that is kept stays open. */
async function lastWords(console: DomainConsole, isKept: boolean): Promise<void> {
  const patience = delay(isKept ? lastWordsMs.kept : lastWordsMs.gone, undefined, { ref: false });
  await Promise.race([console.closed.catch(() => {}), patience]);
  await console.close().catch(() => {});
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
