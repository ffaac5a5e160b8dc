import { type Instance, listInstances, logFile } from "@mirage/instances";
import { formatEndpoint } from "@mirage/runner";
import { describeDomains, listHost } from "../run/domains.js";
import { lostDomain } from "../run/lost-domain.js";
import { duration } from "../terminal/duration.js";
import { table } from "../terminal/table.js";
import { print, say } from "../terminal/terminal.js";

interface PsOptions {
  /** Xen: the domains of another machine. */
  readonly host?: string;
  /** Also what has ended. */
  readonly all?: true;
  readonly json?: true;
}

/** An instance, and whether its domain goes on though its keeper is gone. */
interface Shown extends Instance {
  readonly isUnattended: boolean;
}

/** `mirage ps`: the unikernels that run. */
export async function ps({ host, all, json }: PsOptions): Promise<void> {
  if (host !== undefined) {
    const domains = await listHost(host);
    print(json ? JSON.stringify(domains, undefined, 2) : describeDomains(domains));
    return;
  }
  const instances = await Promise.all((await listInstances()).map(withDomain));
  const shown = instances.filter(({ status, isUnattended }) => {
    return all || isUnattended || status === "running" || status === "starting";
  });
  if (json) print(JSON.stringify(shown.map(asData), undefined, 2));
  else if (shown.length > 0) print(table([titles, ...shown.map(row)]));
  else say("no unikernel runs");
  for (const instance of instances) sayIfStale(instance);
}

async function withDomain(instance: Instance): Promise<Shown> {
  const isUnattended = instance.status === "lost" && (await lostDomain(instance)) !== undefined;
  return { ...instance, isUnattended };
}

const titles = ["NAME", "USER", "TARGET", "STATUS", "REACHED AT"];

function row(instance: Shown): string[] {
  return [
    instance.name,
    instance.user,
    instance.target,
    statusOf(instance),
    instance.published
      .map(({ host, hostPort, port, protocol }) => {
        return `${formatEndpoint(host, hostPort)} → ${port}${protocol === "udp" ? "/udp" : ""}`;
      })
      .concat(instance.published.length === 0 ? (instance.address ?? []) : [])
      .join(", "),
  ];
}

function statusOf({ status, isUnattended, since, exit, domain }: Shown): string {
  const where = domain?.host === undefined ? "" : ` on ${domain.host}`;
  const age = (time: string) => duration((Date.now() - Date.parse(time)) / 1000);
  if (isUnattended) return "running, not followed";
  if (status === "ended" && exit) return `ended (${exit.code}) ${age(exit.at)} ago`;
  return status === "lost" ? "lost" : `${status} for ${age(since)}${where}`;
}

function asData({ folder, keeper, isUnattended, phase, ...instance }: Shown) {
  const status = isUnattended ? "unattended" : instance.status;
  const log = instance.isDetached ? { log: logFile(folder) } : {};
  return { ...instance, status, pid: keeper.pid, ...log };
}

function sayIfStale({ name, status, keeper, isUnattended, domain, isDetached }: Shown): void {
  if (status !== "lost") return;
  if (isUnattended) {
    say(`${name}: its process ${keeper.pid} is gone, but its domain ${domain?.name} goes on`);
    return;
  }
  const log = isDetached ? `\`mirage logs ${name}\` has what it printed, ` : "";
  const perhaps = domain
    ? `; \`${domain.host === undefined ? "sudo mirage ps" : `mirage ps --host ${domain.host}`}\` shows whether its domain goes on`
    : "";
  say(
    `${name}: its process ${keeper.pid} is gone without a word${perhaps}; ${log}\`mirage stop ${name}\` forgets it`,
  );
}
