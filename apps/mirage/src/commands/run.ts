import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import { networkDevices } from "@mirage/codegen";
import type { Configuration } from "@mirage/conf";
import { MirageError } from "@mirage/diagnostics";
import { requireState } from "@mirage/project";
import {
  type Addressing,
  describeEvent,
  type Exit,
  planRun,
  type RunEvent,
  type RunOptions,
  start,
} from "@mirage/runner";
import type { Target } from "@mirage/types";
import { loadApplication } from "../application.js";
import { perform } from "../perform.js";
import { runXen } from "../run-xen.js";
import { targetNamed } from "../target.js";
import { say } from "../terminal.js";

interface RunCommandOptions {
  readonly publish?: readonly string[];
  readonly strictPort?: true;
  /** Xen: another machine, for ssh. */
  readonly host?: string;
  readonly dryRun?: true;
}

/** `mirage run`: starts the program, says what happens to it, and ends as it ends. */
export async function run(file: string | undefined, options: RunCommandOptions): Promise<void> {
  const { configuration } = await loadApplication(file);
  const directory = dirname(resolve(configuration.file));
  const { name, target, products } = await requireState(directory);
  const chosen = targetNamed(target);
  if (chosen.run.as === "xen") {
    process.exitCode = await runXen({ ...options, file: join(directory, `${name}.xl`), directory });
    return;
  }
  const runOptions: RunOptions = {
    ...devicesOf(configuration, chosen),
    binary: join(directory, products[0] ?? ""),
    cwd: directory,
    publish: options.publish ?? [],
    strictPort: options.strictPort === true,
  };
  if (options.dryRun) {
    await perform(planRun(runOptions), options);
    return;
  }
  const unikernel = start(runOptions);
  for await (const event of unikernel.events) say(sentence(event, configuration));
  process.exitCode = exitCode(await unikernel.exit);
}

function devicesOf(configuration: Configuration, target: Target) {
  const ports = configuration.http ? [configuration.http.port.value] : [];
  if (target.run.network === "sockets") return { mode: "socket", ports } as const;
  const addressing = addressingOf(configuration);
  const networks = networkDevices(configuration, target).map((network) =>
    network.device === "net" ? { ...network, addressing } : network,
  );
  return { mode: "direct", networks } as const;
}

function addressingOf({ address }: Configuration): Addressing {
  if (address.kind === "dhcp") return { kind: "dhcp" };
  return {
    kind: "static",
    address: address.address.value,
    netmask: address.netmask.value,
    gateway: address.gateway.value,
  };
}

/** An event in words; a published web site gets the address that a browser takes. */
function sentence(event: RunEvent, { http }: Configuration): string {
  const text = describeEvent(event);
  if (event.type !== "published" || event.port !== http?.port.value) return text;
  return `${text}: http://${event.host}:${event.hostPort}/`;
}

/** As a shell counts: a signal's number above 128. */
function exitCode({ code, signal }: Exit): number {
  if (code !== null) return code;
  if (signal !== null) return 128 + constants.signals[signal];
  throw new MirageError("ERR_MIRAGE_RUN_ENDED", "the unikernel ended in an unknown way");
}
