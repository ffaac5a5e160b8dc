import type { Socket as UdpSocket } from "node:dgram";
import type { Socket } from "node:net";
import type { Plan, StepAction } from "@mirage/plan";
import { InsideProcess } from "./inside-process.js";
import { LocalRun, type LocalRunOptions } from "./local-run.js";
import { privateNetwork } from "./namespace.js";
import type { RunSpec } from "./options.js";
import { formatEndpoint, type Publication } from "./publish.js";
import type { PublishedPorts } from "./published-ports.js";
import type { Run } from "./run.js";
import type { Exit } from "./unikernel.js";

/**
 * A run in a network namespace of its own. This process listens on this machine's ports and hands
 * each connection, as an open socket, to a process in there (`inside.ts`), which performs the actions
 * of a `LocalRun` and leads the connections to the unikernel.
 */
export class PublishedRun implements Run {
  readonly plan: Plan;
  readonly #spec: RunSpec;
  readonly #options: LocalRunOptions;
  readonly #ports: PublishedPorts;
  readonly #inside: InsideProcess;
  #hasReleased = false;

  constructor(spec: RunSpec, ports: PublishedPorts, options: LocalRunOptions) {
    this.#spec = spec;
    this.#ports = ports;
    this.#options = options;
    this.#inside = new InsideProcess(options, (target, socket) => ports.giveBack(target, socket));
    this.plan = [
      ...ports.publications.map((publication) => this.#listen(publication)),
      this.#makeNetwork(),
      ...new LocalRun(spec.local, options).plan.map((step, index) => ({
        ...step,
        perform: () => this.#inside.ask({ kind: "perform", index }),
      })),
    ];
  }

  exit(): Promise<Exit> {
    return this.#inside.exit;
  }

  kill(signal: NodeJS.Signals): void {
    this.#inside.tell({ kind: "kill", signal });
  }

  async close(): Promise<void> {
    if (this.#spec.ownsPorts) {
      this.#ports.close();
    } else if (!this.#hasReleased) {
      this.#hasReleased = true;
      this.#ports.hold();
      await this.#inside.release();
    }
    await this.#inside.end();
  }

  #listen(publication: Publication): StepAction {
    const { protocol, host, hostPort, port } = publication;
    const where = hostPort === 0 ? `any free port of ${host}` : formatEndpoint(host, hostPort);
    return {
      kind: "step",
      title: `listen on ${where}`,
      detail: `leads to ${protocol.toUpperCase()} port ${port} of the unikernel`,
      perform: () => this.#ports.open(publication, this.#options.emit),
    };
  }

  #makeNetwork(): StepAction {
    return {
      kind: "step",
      title: "make a private network",
      detail: "a network namespace, which nothing else on this machine sees",
      perform: async () => {
        const { local: spec, startTimeoutMs } = this.#spec;
        const { command, user } = privateNetwork();
        await this.#inside.start(command);
        await this.#inside.ask({ kind: "begin", spec, startTimeoutMs });
        this.#options.emit({ type: "namespace", user });
        this.#ports.leadTo((publication, handle) => this.#handIn(publication, handle));
      },
    };
  }

  #handIn({ protocol, port }: Publication, handle: Socket | UdpSocket): void {
    const message = { kind: "forward", target: { protocol, port } } as const;
    // A TCP connection is closed here when it is over there; of UDP there must not be two readers.
    const onSent = protocol === "udp" ? () => (handle as UdpSocket).close() : () => {};
    this.#inside.tell(message, handle, onSent);
  }
}
