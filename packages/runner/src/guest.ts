import { once } from "node:events";
import { connect, type Socket } from "node:net";
import ipaddr from "ipaddr.js";
import { type Deferred, deferred } from "./deferred.js";
import type { RunEvent } from "./events.js";
import type { StaticAddressing } from "./options.js";

/** How long a unikernel that reports nothing is given before its ports are tried. */
const silenceMs = 500;
/** Pause between attempts to reach a port that isn't served yet. */
const retryMs = 100;

/** The unikernel as seen from its network: where it is, and whether it serves yet. */
export class Guest {
  readonly #network: StaticAddressing;
  readonly #startTimeoutMs: number;
  readonly #serving = new Map<number, Deferred<void>>();
  readonly #answered = new Set<number>();
  readonly #quiet = deferred();
  readonly #startOver = deferred();
  #address: string;
  #isStartOver = false;

  /** Connections that are made within `startTimeoutMs` after the start wait for the port. */
  constructor(network: StaticAddressing, startTimeoutMs: number) {
    this.#network = network;
    this.#address = network.address;
    this.#startTimeoutMs = startTimeoutMs;
  }

  /** The configured address, or the one that the unikernel reported in the same network. */
  get address(): string {
    return this.#address;
  }

  /** Takes in what happened to the unikernel. */
  note(event: RunEvent): void {
    if (event.type === "running") this.#begin();
    if (event.type === "network-up" && this.#isLocal(event.address)) this.#address = event.address;
    if (event.type === "serving" && event.protocol === "tcp") {
      this.#answered.add(event.port);
      this.#servingOf(event.port).resolve();
    }
  }

  /**
   * Connects to a TCP port. While the unikernel starts, this waits until the port is served; later, a
   * refusal is an error at once.
   */
  async dial(port: number, signal: AbortSignal): Promise<Socket> {
    await Promise.race([this.#servingOf(port).promise, this.#quiet.promise]);
    for (;;) {
      try {
        const socket = await this.#connect(port, signal);
        this.#answered.add(port);
        return socket;
      } catch (error) {
        if (signal.aborted || this.#isStartOver || this.#answered.has(port)) throw error;
        await Promise.race([delay(retryMs), this.#startOver.promise]);
      }
    }
  }

  #begin(): void {
    setTimeout(() => this.#quiet.resolve(), silenceMs).unref();
    setTimeout(() => {
      this.#isStartOver = true;
      this.#startOver.resolve();
    }, this.#startTimeoutMs).unref();
  }

  #servingOf(port: number): Deferred<void> {
    const known = this.#serving.get(port) ?? deferred();
    this.#serving.set(port, known);
    return known;
  }

  async #connect(port: number, signal: AbortSignal): Promise<Socket> {
    const socket = connect({ host: this.#address, port, allowHalfOpen: true, noDelay: true });
    try {
      await once(socket, "connect", { signal });
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  #isLocal(address: string): boolean {
    if (!ipaddr.IPv4.isValid(address)) return false;
    const { netmask, gateway } = this.#network;
    const prefix = ipaddr.IPv4.parse(netmask).prefixLengthFromSubnetMask() ?? 32;
    return ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parse(gateway), prefix);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
