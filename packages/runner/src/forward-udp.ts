import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { Guest } from "./guest.js";

/** A client that was silent for so long is forgotten: RFC 4787, section 4.3. */
const idleMs = 120_000;
/** Clients at once; the one that was silent longest makes room. */
const maximumClients = 1024;

/**
 * Leads datagrams that reach `outside` to a UDP port of the unikernel, and its answers back: each
 * client has a socket, and so a source port, of its own.
 */
export function forwardUdp(outside: Socket, guest: Guest, port: number): void {
  const clients = new Map<string, Client>();
  const forget = (key: string) => {
    clients.get(key)?.close();
    clients.delete(key);
  };
  outside.on("error", ignoreLoss);
  outside.on("message", (message, from) => {
    const key = `${from.address} ${from.port}`;
    const client = clients.get(key) ?? new Client(outside, from, () => forget(key));
    clients.delete(key);
    clients.set(key, client); // now the last in the map's order
    const [oldest] = clients.keys();
    if (clients.size > maximumClients && oldest !== undefined) forget(oldest);
    client.send(message, port, guest.address);
  });
}

class Client {
  readonly #socket = createSocket("udp4");
  readonly #idle: NodeJS.Timeout;

  constructor(outside: Socket, from: RemoteInfo, onIdle: () => void) {
    this.#idle = setTimeout(onIdle, idleMs).unref();
    this.#socket.on("message", (answer) => {
      this.#idle.refresh();
      outside.send(answer, from.port, from.address, ignoreLoss);
    });
    this.#socket.on("error", ignoreLoss);
  }

  send(message: Buffer, port: number, address: string): void {
    this.#idle.refresh();
    this.#socket.send(message, port, address, ignoreLoss);
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#socket.close();
  }
}

/** A datagram may be lost; who sent it has to ask again. */
function ignoreLoss(): void {}
