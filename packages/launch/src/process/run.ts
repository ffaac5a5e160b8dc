import { constants } from "node:os";
import { join } from "node:path";
import type { ConfiguredApplication } from "@mirage/application";
import { networkDevices } from "@mirage/codegen";
import type { Configuration } from "@mirage/conf";
import { MirageError } from "@mirage/diagnostics";
import type { Published } from "@mirage/instances";
import type { Plan } from "@mirage/plan";
import {
  describeEvent,
  type Exit,
  planRun,
  type RunEvent,
  type RunOptions,
  start,
} from "@mirage/runner";
import type { Target } from "@mirage/types";
import type { RunFlags, RunObserver } from "../launcher.js";
import { addressing, httpPort, servedPorts, type Told } from "../told.js";
import { ServedPorts } from "./served-ports.js";

/** A process that was started, and what becomes of it is said. */
export interface FollowedProcess {
  /** Its exit code, once everything is torn down. */
  readonly code: Promise<number>;
  /** Asks it to end; kills it when asked again. */
  stop(): Promise<unknown>;
}

/** Starts the process, says what happens to it, and returns its exit code. */
export function runProcess(
  application: ConfiguredApplication,
  flags: RunFlags,
  observer: RunObserver,
): Promise<number> {
  return followProcess(application, runOptions(application, flags), flags, observer).code;
}

/** Starts the process and says what happens to it. */
export function followProcess(
  { configuration }: ConfiguredApplication,
  options: RunOptions,
  told: Told,
  observer: RunObserver,
): FollowedProcess {
  const webPort = httpPort(configuration, told);
  const { control } = observer;
  const unikernel = start(control === undefined ? options : { ...options, control });
  const follow = async () => {
    const published: Published[] = [];
    const ports = new ServedPorts(observer.say);
    for await (const event of unikernel.events) {
      observer.say(sentence(event, webPort));
      if (event.type === "published") {
        const { protocol, host, hostPort, port } = event;
        published.push({ protocol, host, hostPort, port });
        observer.note({ published: [...published] });
      }
      ports.tell(event);
      tell(event, observer);
      if (event.type === "restart-asked") void unikernel.stop().catch(() => {});
    }
    ports.close();
    return exitCode(await unikernel.exit);
  };
  return { code: follow(), stop: () => unikernel.stop() };
}

function tell(event: RunEvent, observer: RunObserver): void {
  switch (event.type) {
    case "running":
      observer.note({ phase: "running" });
      break;
    case "network-up":
      // Of several addresses, the one of IPv4 is what other programs take for sure.
      if (!event.address.includes(":")) observer.note({ address: event.address });
      break;
    case "serving":
    case "ready":
      observer.ready();
      break;
    case "paused":
    case "resumed":
      observer.note({ isPaused: event.type === "paused" });
      break;
    case "restart-asked":
      observer.restart();
      break;
    case "stopping":
      observer.asked();
      break;
  }
}

/** What a run would do, for a dry run. */
export async function planProcess(
  application: ConfiguredApplication,
  flags: RunFlags,
): Promise<Plan> {
  return planRun(runOptions(application, flags));
}

/** How the runner is told about the application. */
export function runOptions(
  { configuration, directory, target, program }: ConfiguredApplication,
  { publish = [], strictPort, sandbox, args = [], environment = {} }: RunFlags,
): RunOptions {
  return {
    ...devicesOf(configuration, target, { args, environment }),
    sandbox: sandbox === false ? "none" : (configuration.sandbox?.value ?? "strict"),
    files: configuration.blocks.map(({ path }) => path.value),
    binary: join(directory, program),
    cwd: directory,
    args,
    env: environment,
    publish,
    strictPort: strictPort === true,
  };
}

function devicesOf(configuration: Configuration, target: Target, told: Told) {
  const ports = servedPorts(configuration, told);
  if (target.run.network === "sockets") return { mode: "socket", ports } as const;
  const address = addressing(configuration, told);
  const networks = networkDevices(configuration, target).map((network) =>
    network.device === "net" && address ? { ...network, addressing: address } : network,
  );
  return { mode: "direct", networks } as const;
}

/** An event in words; a published web site gets the address that a browser takes. */
function sentence(event: RunEvent, webPort: number | undefined): string {
  const text = describeEvent(event);
  if (event.type !== "published" || event.port !== webPort) return text;
  return `${text}: http://${event.host}:${event.hostPort}/`;
}

/** As a shell counts: a signal's number above 128. */
function exitCode({ code, signal }: Exit): number {
  if (code !== null) return code;
  if (signal !== null) return 128 + constants.signals[signal];
  throw new MirageError("ERR_MIRAGE_RUN_ENDED", "the unikernel ended in an unknown way");
}
