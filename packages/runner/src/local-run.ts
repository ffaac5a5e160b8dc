import type { ChildProcess } from "node:child_process";
import type { StepAction } from "@mirage/plan";
import type { Device } from "@mirage/tap";
import { ControlServer } from "./control-server.js";
import { startDhcpServer } from "./dhcp.js";
import type { RunEvent } from "./events.js";
import { closeFiles, openFiles } from "./files.js";
import { hostAddress, openNetwork } from "./network.js";
import { defaultAddressing, type LocalSpec, type NetworkSpec } from "./options.js";
import { warnOfPrivilegedPorts } from "./privileged-ports.js";
import type { Run } from "./run.js";
import { environmentFor, profileOf, setprivOptions } from "./sandbox.js";
import { type Exit, startUnikernel, type Unikernel } from "./unikernel.js";

export interface LocalRunOptions {
  readonly emit: (event: RunEvent) => void;
  readonly onOutput?: (chunk: Buffer, stream: "stdout" | "stderr") => void;
}

/** A run in the network namespace of this process. */
export class LocalRun implements Run {
  readonly plan: readonly StepAction[];
  readonly #spec: LocalSpec;
  readonly #options: LocalRunOptions;
  readonly #taps = new Map<string, Device>();
  readonly #servers: ChildProcess[] = [];
  #unikernel: Unikernel | undefined;
  #control: ControlServer | undefined;

  constructor(spec: LocalSpec, options: LocalRunOptions) {
    this.#spec = spec;
    this.#options = options;
    this.plan = [
      ...spec.networks.map((network) => this.#openTap(network)),
      ...spec.networks.filter(needsDhcp(spec)).map((network) => this.#serveDhcp(network)),
      this.#start(),
    ];
  }

  async exit(): Promise<Exit> {
    if (!this.#unikernel) throw new Error("the plan wasn't executed");
    return this.#unikernel.exit;
  }

  kill(signal: NodeJS.Signals): void {
    this.#unikernel?.kill(signal);
  }

  async close(): Promise<void> {
    this.#closeTaps();
    for (const server of this.#servers.splice(0)) server.kill();
    this.#control?.close();
    this.#unikernel?.kill("SIGKILL");
    await this.#unikernel?.exit;
  }

  #openTap(network: NetworkSpec): StepAction {
    const { device, tap = "the first free one", addressing } = network;
    const host =
      addressing?.kind === "static" || needsDhcp(this.#spec)(network)
        ? hostAddress(addressing)
        : undefined;
    return {
      kind: "step",
      title: `open a TAP device for ${device}`,
      detail: host === undefined ? tap : `${tap}, ${host} for this machine's side`,
      perform: async () => {
        this.#taps.set(device, openNetwork(network, host, this.#options.emit));
      },
    };
  }

  #serveDhcp({ device, mac }: NetworkSpec): StepAction {
    const { address, netmask } = defaultAddressing;
    return {
      kind: "step",
      title: `serve DHCP to ${device}`,
      detail: `dnsmasq, which gives it ${address}`,
      perform: async () => {
        const tap = this.#taps.get(device)?.name ?? "";
        this.#servers.push(await startDhcpServer({ tap, mac, address, netmask }));
        this.#options.emit({ type: "dhcp-server", tap, address });
      },
    };
  }

  #start(): StepAction {
    const { binary, args, monitor, control, cwd, env, networks, mode, ports, sandbox } = this.#spec;
    const { emit, onOutput } = this.#options;
    return {
      kind: "step",
      title: `start ${[binary, ...args].join(" ")}`,
      detail: mode === "socket" ? "on this machine's sockets" : "with the TAP devices handed over",
      perform: async () => {
        if (mode === "socket") warnOfPrivilegedPorts(ports, emit);
        const handed = networks.map(({ device, mac }) => {
          const fd = this.#taps.get(device)?.fd ?? -1;
          return { device, mac, fd };
        });
        const files = openFiles(this.#spec.files, cwd);
        try {
          this.#unikernel = await startUnikernel({
            binary,
            args,
            ...(monitor === undefined ? {} : { monitor }),
            hasControl: control !== undefined,
            cwd,
            env: { ...environmentFor(sandbox), ...env, MIRAGE_SANDBOX: profileOf(this.#spec) },
            privileges: setprivOptions(this.#spec),
            networks: handed,
            files,
            emit,
            ...(onOutput ? { onOutput } : {}),
          });
        } finally {
          closeFiles(files);
        }
        this.#closeTaps(); // the unikernel has them
        if (control !== undefined) await this.#serveControl(control);
      },
    };
  }

  /** Without a socket, the unikernel goes on all the same. */
  async #serveControl(path: string): Promise<void> {
    const unikernel = this.#unikernel;
    if (!unikernel?.control) return;
    try {
      this.#control = await ControlServer.listen(path, unikernel.control, {
        pause: () => {
          unikernel.pause();
          this.#options.emit({ type: "paused" });
        },
        resume: () => {
          unikernel.resume();
          this.#options.emit({ type: "resumed" });
        },
        restart: () => this.#options.emit({ type: "restart-asked" }),
      });
    } catch (error) {
      const message = `nobody can ask the unikernel: ${(error as Error).message}`;
      this.#options.emit({ type: "warning", message });
    }
  }

  #closeTaps(): void {
    for (const tap of this.#taps.values()) tap.close();
  }
}

function needsDhcp({ serveDhcp }: LocalSpec) {
  return ({ addressing }: NetworkSpec) => serveDhcp && addressing?.kind === "dhcp";
}
