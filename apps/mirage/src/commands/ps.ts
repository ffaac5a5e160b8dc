import { type Instance, listInstances, logFile } from "@mirage/instances";
import { launcherOfInstance, type RemoteGuest, remoteLauncher } from "@mirage/launch";
import { formatEndpoint } from "@mirage/runner";
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

/** An instance, and what of it goes on though its supervisor is gone. */
interface Shown extends Instance {
  readonly left: string | undefined;
}

/** Whether its process is there, though its record says nothing. */
function runsUnreadably({ status, supervisor }: Instance): boolean {
  return status === "unreadable" && supervisor.pid !== 0;
}

/** `mirage ps`: the unikernels that run. */
export async function ps({ host, all, json }: PsOptions): Promise<void> {
  if (host !== undefined) {
    const { remote } = await remoteLauncher();
    const guests = await remote.list(host);
    print(json ? JSON.stringify(guests, undefined, 2) : describeGuests(guests));
    return;
  }
  const instances = await Promise.all((await listInstances()).map(withLeft));
  const shown = instances.filter((instance) => {
    const { status, left } = instance;
    const isUp = status === "running" || status === "starting" || runsUnreadably(instance);
    return all || left !== undefined || isUp;
  });
  if (json) print(JSON.stringify(shown.map(asData), undefined, 2));
  else if (shown.length > 0) print(table([titles, ...shown.map(row)]));
  else say("no unikernel runs");
  for (const instance of instances) sayIfStale(instance);
}

async function withLeft(instance: Instance): Promise<Shown> {
  const launcher = instance.status === "lost" ? await launcherOfInstance(instance) : undefined;
  return { ...instance, left: (await launcher?.leftRunning?.(instance))?.what };
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

function statusOf(instance: Shown): string {
  const { status, left, since, exit, domain, supervisor, restarts, isPaused, health } = instance;
  const where = domain?.host === undefined ? "" : ` on ${domain.host}`;
  const age = (time: string) => duration((Date.now() - Date.parse(time)) / 1000);
  if (left !== undefined) return "running, not followed";
  if (status === "ended" && exit) return `ended (${exit.code}) ${age(exit.at)} ago`;
  if (status === "unreadable")
    return supervisor.pid === 0 ? status : `${status}, pid ${supervisor.pid}`;
  if (status === "lost") return status;
  const again =
    restarts === undefined ? "" : `, restarted ${restarts === 1 ? "once" : `${restarts} times`}`;
  const well = health === undefined ? "" : `, ${health.state}`;
  const word = status === "running" && isPaused ? "paused, started" : `${status} for`;
  const ago = status === "running" && isPaused ? " ago" : "";
  return `${word} ${age(since)}${ago}${again}${well}${where}`;
}

function describeGuests(guests: readonly RemoteGuest[]): string {
  return table([
    ["NAME", "DOMAIN", "STATUS", "MEMORY", "CPU"],
    ...guests.map(({ name, id, state, upSeconds, memoryMb, cpuSeconds }) => [
      name,
      String(id),
      upSeconds === undefined ? state : `${state} for ${duration(upSeconds)}`,
      memoryMb === undefined ? "" : `${memoryMb} MB`,
      cpuSeconds === undefined ? "" : `${cpuSeconds} s`,
    ]),
  ]);
}

function asData({ folder, supervisor, left, phase, ...instance }: Shown) {
  const status = left !== undefined ? "unattended" : instance.status;
  const log = instance.isDetached ? { log: logFile(folder) } : {};
  return { ...instance, status, pid: supervisor.pid, ...log };
}

function sayIfStale({ name, status, supervisor, left, domain, isDetached }: Shown): void {
  if (status === "unreadable") {
    const runs =
      supervisor.pid === 0 ? "no process of it runs; " : `its process ${supervisor.pid} runs on; `;
    const ends = supervisor.pid === 0 ? "forgets" : "ends";
    say(
      `${name}: what was noted of it is damaged, or of another version of mirage; ${runs}\`mirage stop ${name}\` ${ends} it`,
    );
  }
  if (status !== "lost") return;
  if (left !== undefined) {
    say(`${name}: its process ${supervisor.pid} is gone, but ${left} goes on`);
    return;
  }
  const log = isDetached ? `\`mirage logs ${name}\` has what it printed, ` : "";
  const perhaps = domain
    ? `; \`${domain.host === undefined ? "sudo mirage ps" : `mirage ps --host ${domain.host}`}\` shows whether its domain goes on`
    : "";
  say(
    `${name}: its process ${supervisor.pid} is gone without a word${perhaps}; ${log}\`mirage stop ${name}\` forgets it`,
  );
}
