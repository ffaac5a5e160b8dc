import type { Socket as UdpSocket } from "node:dgram";
import type { Server, Socket } from "node:net";
import type { Plan, StepAction } from "@mirage/plan";
import { bindTcp, bindUdp } from "./bind.js";
import { InsideProcess } from "./inside-process.js";
import { LocalRun, type LocalRunOptions } from "./local-run.js";
import type { Target } from "./messages.js";
import { privateNetwork } from "./namespace.js";
import type { RunSpec } from "./options.js";
import { formatEndpoint, type Publication } from "./publish.js";
import type { Run } from "./run.js";
import type { Exit } from "./unikernel.js";

interface Listener {
  readonly publication: Publication;
  readonly socket: Server | UdpSocket;
}

/**
 * A run in a network namespace of its own. This process listens on this machine's ports and hands
 * each connection, as an open socket, to a process in there (`inside.ts`), which performs the actions
 * of a `LocalRun` and leads the connections to the unikernel.
 */
export class PublishedRun implements Run {
  readonly plan: Plan;
  readonly #spec: RunSpec;
  readonly #options: LocalRunOptions;
  readonly #listeners: Listener[] = [];
  readonly #inside: InsideProcess;
  readonly #early: { target: Target; connection: Socket }[] = [];
  #isOpen = false;

  constructor(spec: RunSpec, options: LocalRunOptions) {
    this.#spec = spec;
    this.#options = options;
    this.#inside = new InsideProcess(options);
    this.plan = [
      ...spec.publications.map((publication) => this.#listen(publication)),
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
    for (const { socket } of this.#listeners.splice(0)) socket.close();
    for (const { connection } of this.#early.splice(0)) connection.destroy();
    await this.#inside.end();
  }

  #listen(publication: Publication): StepAction {
    const { protocol, host, hostPort, port } = publication;
    const where = hostPort === 0 ? `any free port of ${host}` : formatEndpoint(host, hostPort);
    return {
      kind: "step",
      title: `listen on ${where}`,
      detail: `leads to ${protocol.toUpperCase()} port ${port} of the unikernel`,
      perform: async () => {
        const bound = await this.#bind(publication);
        this.#options.emit({
          type: "published",
          protocol,
          host,
          hostPort: bound,
          ...(hostPort === 0 || hostPort === bound ? {} : { takenPort: hostPort }),
          port,
        });
      },
    };
  }

  /** Returns the port of this machine. */
  async #bind(publication: Publication): Promise<number> {
    if (publication.protocol === "udp") {
      const { socket, hostPort } = await bindUdp(publication, this.#spec.strictPort);
      this.#listeners.push({ publication, socket });
      return hostPort;
    }
    const { socket, hostPort } = await bindTcp(publication, this.#spec.strictPort);
    this.#listeners.push({ publication, socket });
    socket.on("connection", (connection) => {
      connection.on("error", () => {}); // its reader finds out
      if (this.#isOpen) this.#handIn(publication, connection);
      else this.#early.push({ target: publication, connection });
    });
    return hostPort;
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
        this.#open();
      },
    };
  }

  #open(): void {
    this.#isOpen = true;
    for (const { target, connection } of this.#early.splice(0)) this.#handIn(target, connection);
    for (const { publication, socket } of this.#listeners) {
      if (publication.protocol === "udp") this.#handIn(publication, socket as UdpSocket);
    }
  }

  #handIn({ protocol, port }: Target, handle: Socket | UdpSocket): void {
    this.#inside.tell({ kind: "forward", target: { protocol, port } }, handle);
  }
}
