import type { Socket as UdpSocket } from "node:dgram";
import type { Server, Socket } from "node:net";
import { bindTcp, bindUdp } from "./bind.js";
import type { RunEvent } from "./events.js";
import { type Publication, parsePublish } from "./publish.js";

/** Takes a connection, or a UDP socket, that leads to a unikernel. */
export type Taker = (publication: Publication, handle: Socket | UdpSocket) => void;

interface OpenPort {
  readonly publication: Publication;
  readonly hostPort: number;
  /** For UDP, the socket belongs to the process that took it. */
  socket: Server | UdpSocket | undefined;
  /** On `publication.alsoOn`. */
  readonly second?: Server;
}

export interface PublishedPortsOptions {
  /** Refuse a taken port of this machine instead of taking the next free one. */
  readonly strictPort?: boolean;
}

/**
 * Ports of this machine that lead to a unikernel, for `RunOptions.publish`. Ports that somebody else
 * made stay open when the unikernel ends: connections then wait for the next one that is started with
 * them.
 */
export class PublishedPorts {
  readonly publications: readonly Publication[];
  readonly #strictPort: boolean;
  readonly #open: OpenPort[] = [];
  #waiting: { publication: Publication; connection: Socket }[] = [];
  #taker: Taker | undefined;

  /** Reads the publications, as `parsePublish`, and opens nothing yet. */
  constructor(publish: readonly string[], { strictPort = false }: PublishedPortsOptions = {}) {
    this.publications = publish.map(parsePublish);
    this.#strictPort = strictPort;
  }

  /**
   * Opens one of the publications, if it is not open.
   * @throws MirageError `ERR_MIRAGE_RUN_PORT_*`
   */
  async open(publication: Publication, emit: (event: RunEvent) => void): Promise<void> {
    const known = this.#open.find((port) => port.publication === publication);
    if (known) {
      if (known.socket === undefined) {
        // Its owner has ended without returning it.
        const again = { ...publication, hostPort: known.hostPort };
        known.socket = (await bindUdp(again, true)).socket;
      }
      return;
    }
    const { hostPort, socket } = await this.#bind(publication);
    const second = await this.#bindSecond(publication, hostPort);
    this.#open.push({ publication, hostPort, socket, ...(second ? { second } : {}) });
    const { protocol, host, hostPort: wanted, port } = publication;
    const taken = wanted === 0 || wanted === hostPort ? {} : { takenPort: wanted };
    emit({ type: "published", protocol, host, hostPort, ...taken, port });
  }

  /** Connections go to the taker from now on, those that wait first. */
  leadTo(taker: Taker): void {
    this.#taker = taker;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { publication, connection } of waiting) taker(publication, connection);
    for (const port of this.#open) {
      if (port.publication.protocol !== "udp" || port.socket === undefined) continue;
      taker(port.publication, port.socket as UdpSocket);
      port.socket = undefined;
    }
  }

  /** Connections that are made from now on wait for the next unikernel. */
  hold(): void {
    this.#taker = undefined;
  }

  /** Gets a UDP socket back from its taker. */
  giveBack({ protocol, port }: Pick<Publication, "protocol" | "port">, socket: UdpSocket): void {
    const open = this.#open.find(({ publication, socket: mine }) => {
      return publication.protocol === protocol && publication.port === port && mine === undefined;
    });
    if (open) open.socket = socket;
    else socket.close();
  }

  /** Closes all ports; connections that wait are reset. */
  close(): void {
    this.hold();
    for (const { socket, second } of this.#open.splice(0)) {
      socket?.close();
      second?.close();
    }
    for (const { connection } of this.#waiting.splice(0)) connection.resetAndDestroy();
  }

  async #bind(publication: Publication): Promise<{ hostPort: number; socket: Server | UdpSocket }> {
    if (publication.protocol === "udp") return bindUdp(publication, this.#strictPort);
    const bound = await bindTcp(publication, this.#strictPort);
    this.#accept(publication, bound.socket);
    return bound;
  }

  /** Nothing if this machine has no such address, or somebody else has the port there. */
  async #bindSecond(publication: Publication, hostPort: number): Promise<Server | undefined> {
    const { alsoOn: host } = publication;
    if (host === undefined) return undefined;
    try {
      const { socket } = await bindTcp({ ...publication, host, hostPort }, true);
      this.#accept(publication, socket);
      return socket;
    } catch {
      return undefined;
    }
  }

  #accept(publication: Publication, server: Server): void {
    server.on("connection", (connection) => {
      connection.on("error", () => {}); // its reader finds out
      if (this.#taker) this.#taker(publication, connection);
      else this.#waiting.push({ publication, connection });
    });
  }
}
