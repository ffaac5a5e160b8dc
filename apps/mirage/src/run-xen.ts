import { MirageError } from "@mirage/diagnostics";
import {
  type CreatedDomain,
  createDomain,
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
import { interruptible, perform } from "./perform.js";
import { say } from "./terminal.js";

export interface RunXenOptions {
  /** The xl file that `configure` wrote. */
  readonly file: string;
  /** The application's folder, where the file's paths start. */
  readonly directory: string;
  /** `[user@]host` of another machine with Xen, for ssh. */
  readonly host?: string;
  readonly dryRun?: true;
}

const interruptedCode = 130;

/** Creates the domain, shows its console, and follows it to its end; returns the exit code. */
export async function runXen(options: RunXenOptions): Promise<number> {
  const xen = options.host === undefined ? localHost() : sshHost(options.host);
  const request = { config: await readXlConfig(options.file), directory: options.directory };
  if (options.dryRun) {
    await perform(planCreate(xen, request).steps, { dryRun: true });
    return 0;
  }
  // Paused, so that the console is open before the first line is printed.
  const domain = await interruptible((signal) =>
    createDomain(xen, { ...request, paused: true }, { signal, onProgress: say }),
  );
  try {
    return await followToItsEnd(xen, domain);
  } finally {
    await domain.cleanUp();
  }
}

async function followToItsEnd(xen: XenHost, domain: CreatedDomain): Promise<number> {
  const console = openConsole(xen, domain.id, {
    onOutput: (chunk) => process.stdout.write(chunk),
  });
  let wasAsked = false;
  const onSignal = () => {
    const end = wasAsked ? destroyDomain : shutdownDomain;
    say(wasAsked ? `destroying ${domain.name}` : `asking ${domain.name} to shut down`);
    wasAsked = true;
    end(xen, domain.id).catch((error: Error) => say(error.message));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    await unpauseDomain(xen, domain.id);
    for await (const event of followDomain(xen, domain)) {
      say(describe(event, domain.name));
      if (event.type === "ended") return exitCode(event, wasAsked);
    }
    throw new MirageError("ERR_MIRAGE_RUN_ENDED", `nobody knows how ${domain.name} ended`);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await console.close().catch(() => {}); // it ends with its domain
  }
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
