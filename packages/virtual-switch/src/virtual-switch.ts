import { type FramePort, frameOf } from "./frame-port.js";
import { isMulticast, macAt } from "./mac.js";

export interface SwitchOptions {
  /** Milliseconds after which an address that is silent is forgotten. Default: 300,000 (IEEE 802.1Q, 8.8.3). */
  readonly agingMs?: number;
  /** Addresses that are known at once; beyond them the one that is silent for longest goes. Default: 1024. */
  readonly maxAddresses?: number;
  /** Milliseconds on some clock that never goes back. Default: that of `performance`. */
  readonly now?: () => number;
}

/** A port's place on the switch. */
export interface Attachment {
  readonly name: string;
  readonly counters: Readonly<Counters>;
  /** Takes the port off the switch, and closes it. */
  detach(): void;
}

/** Seen from the switch: `received` came from the port. */
export interface Counters {
  receivedFrames: number;
  receivedOctets: number;
  sentFrames: number;
  sentOctets: number;
}

interface Station {
  readonly port: Port;
  heard: number;
}

interface Port extends Attachment {
  readonly counters: Counters;
  send(frame: Uint8Array): void;
}

/** Destination and source address, and the type. */
const headerLength = 14;

/**
 * An Ethernet switch that learns which station is behind which port (IEEE 802.1Q, 8.7): a frame goes to
 * the port of its destination, or to all others if that is unknown or a group. There must be one way only
 * from a port to another: it knows no spanning tree.
 */
export class VirtualSwitch {
  readonly #ports = new Set<Port>();
  readonly #stations = new Map<string, Station>();
  readonly #agingMs: number;
  readonly #maxAddresses: number;
  readonly #now: () => number;
  #watch: ((frame: Uint8Array, port: Attachment) => void) | undefined;

  constructor(options: SwitchOptions = {}) {
    this.#agingMs = options.agingMs ?? 300_000;
    this.#maxAddresses = options.maxAddresses ?? 1024;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The ports in use. */
  get ports(): readonly Attachment[] {
    return [...this.#ports];
  }

  /** Joins a port to the switch. Frames that it has posted before are let through now. */
  attach(framePort: FramePort, name = "port"): Attachment {
    const counters = { receivedFrames: 0, receivedOctets: 0, sentFrames: 0, sentOctets: 0 };
    const port: Port = {
      name,
      counters,
      send: (frame) => {
        counters.sentFrames++;
        counters.sentOctets += frame.length;
        framePort.postMessage(frame);
      },
      detach: () => {
        if (!this.#ports.delete(port)) return;
        framePort.onmessage = null;
        framePort.close?.();
        for (const [mac, station] of this.#stations) {
          if (station.port === port) this.#stations.delete(mac);
        }
      },
    };
    this.#ports.add(port);
    framePort.onmessage = ({ data }) => {
      const frame = frameOf(data);
      if (!frame || frame.length < headerLength) return;
      counters.receivedFrames++;
      counters.receivedOctets += frame.length;
      this.#watch?.(frame, port);
      this.#learn(macAt(frame, 6), port);
      this.#forward(frame, port);
    };
    return port;
  }

  /** The other end of a cable into the switch: a `MessagePort`, which can be sent to a worker. */
  cable(name?: string): InstanceType<typeof MessageChannel>["port2"] {
    const { port1, port2 } = new MessageChannel();
    this.attach(port1 as unknown as FramePort, name);
    return port2;
  }

  /** Calls the function with each frame that comes into the switch, in place of an earlier function. */
  watch(f: (frame: Uint8Array, port: Attachment) => void): void {
    this.#watch = f;
  }

  /** Takes all ports off. */
  close(): void {
    for (const port of this.#ports) port.detach();
  }

  #learn(source: string, port: Port): void {
    if (isMulticast(source)) return;
    this.#stations.delete(source); // the one heard last is the last in order
    this.#stations.set(source, { port, heard: this.#now() });
    if (this.#stations.size <= this.#maxAddresses) return;
    const [silent] = this.#stations.keys();
    if (silent !== undefined) this.#stations.delete(silent);
  }

  #forward(frame: Uint8Array, from: Port): void {
    const to = this.#portOf(macAt(frame, 0));
    if (to === from) return;
    if (to) {
      to.send(frame);
      return;
    }
    for (const port of this.#ports) if (port !== from) port.send(frame);
  }

  #portOf(mac: string): Port | undefined {
    const station = this.#stations.get(mac);
    if (!station) return undefined;
    if (this.#now() - station.heard <= this.#agingMs) return station.port;
    this.#stations.delete(mac);
    return undefined;
  }
}
