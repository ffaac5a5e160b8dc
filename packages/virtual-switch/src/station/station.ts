import { type FramePort, frameOf } from "../frame-port.js";
import { macAt, macOctets, randomMac } from "../mac.js";
import { answerDhcp, dhcpServerPort, type Lease } from "./dhcp.js";
import {
  checksum,
  type Datagram,
  datagramHeader,
  etherTypes,
  ipAt,
  ipOctets,
  parseDatagram,
  protocols,
  pseudoHeader,
} from "./packets.js";
import { ConnectionError, parseSegment, TcpConnection } from "./tcp-connection.js";

export interface StationOptions {
  /** Its IPv4 address. */
  readonly address: string;
  /** Default: a random one, locally administered. */
  readonly mac?: string;
  /** What it gives to those who ask for an address by DHCP. */
  readonly lease?: Lease;
}

const broadcast = "ff:ff:ff:ff:ff:ff";
/** Milliseconds between questions for an address, and how many there are. */
const arpMs = 500;
const arpQuestions = 6;
/** IANA's range for clients (RFC 6335, 6). */
const [firstPort, portCount] = [49_152, 16_384];

/**
 * A computer on a virtual wire: it answers ARP and echo requests, makes TCP connections, sends datagrams,
 * and may give others their addresses. All on one network; it has no router.
 */
export class Station {
  readonly address: string;
  readonly mac: string;
  readonly #port: FramePort;
  readonly #octets: Uint8Array;
  readonly #macOctets: Uint8Array;
  readonly #lease: Lease | undefined;
  readonly #neighbours = new Map<string, string>();
  readonly #questions = new Map<string, ((mac: string) => void)[]>();
  readonly #connections = new Map<string, TcpConnection>();
  readonly #echoes = new Map<number, () => void>();
  readonly #udp = new Map<number, (source: string, port: number, data: Uint8Array) => void>();
  #datagrams = 0;
  #nextPort = firstPort + Math.floor(Math.random() * portCount);

  constructor(port: FramePort, { address, mac = randomMac(), lease }: StationOptions) {
    this.#port = port;
    this.address = address;
    this.mac = mac;
    this.#octets = ipOctets(address);
    this.#macOctets = macOctets(mac);
    this.#lease = lease;
    port.onmessage = ({ data }) => {
      const frame = frameOf(data);
      if (frame && frame.length >= 14) this.#input(frame);
    };
  }

  /** The connections that are open. */
  get connections(): readonly TcpConnection[] {
    return [...this.#connections.values()];
  }

  /** Opens a connection. @throws ConnectionError */
  async connect(address: string, port: number): Promise<TcpConnection> {
    await this.#resolve(address);
    const localPort = this.#freePort(address, port);
    const key = keyOf(localPort, address, port);
    const connection = new TcpConnection(
      {
        localAddress: this.#octets,
        localPort,
        remoteAddress: ipOctets(address),
        remotePort: port,
      },
      {
        send: (parts) => this.#send(address, protocols.tcp, parts),
        over: () => this.#connections.delete(key),
      },
    );
    this.#connections.set(key, connection);
    await connection.opened;
    return connection;
  }

  /** Milliseconds that an echo takes there and back (RFC 792). @throws ConnectionError after `timeoutMs` */
  async ping(address: string, timeoutMs = 1000): Promise<number> {
    await this.#resolve(address);
    const id = Math.floor(Math.random() * 0x10000);
    const message = new Uint8Array(64);
    const view = new DataView(message.buffer);
    view.setUint8(0, 8);
    view.setUint16(4, id);
    view.setUint16(2, checksum(message));
    const start = performance.now();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#echoes.delete(id);
        reject(new ConnectionError("timeout", `${address} doesn't answer`));
      }, timeoutMs);
      this.#echoes.set(id, () => {
        clearTimeout(timer);
        this.#echoes.delete(id);
        resolve(performance.now() - start);
      });
      this.#send(address, protocols.icmp, [message]);
    });
  }

  /** Calls the function with each datagram to a port, in place of an earlier function. */
  listenUdp(port: number, f: (source: string, port: number, data: Uint8Array) => void): void {
    this.#udp.set(port, f);
  }

  /** Sends a datagram of UDP (RFC 768). @throws ConnectionError if nobody has the address */
  async sendUdp(
    sourcePort: number,
    address: string,
    port: number,
    data: Uint8Array,
  ): Promise<void> {
    await this.#resolve(address);
    this.#sendUdp(sourcePort, address, port, data);
  }

  /** Gives up all connections, and the port. */
  close(): void {
    for (const connection of this.connections) connection.abort();
    this.#port.onmessage = null;
    this.#port.close?.();
  }

  #freePort(address: string, port: number): number {
    for (let i = 0; i < portCount; i++) {
      this.#nextPort = firstPort + ((this.#nextPort - firstPort + 1) % portCount);
      if (!this.#connections.has(keyOf(this.#nextPort, address, port))) return this.#nextPort;
    }
    throw new ConnectionError("refused", "there are too many connections");
  }

  // Ethernet

  #input(frame: Uint8Array): void {
    const destination = macAt(frame, 0);
    if (destination !== this.mac && destination !== broadcast) return;
    const type = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
    const payload = frame.subarray(14);
    if (type === etherTypes.arp) this.#inputArp(payload);
    if (type !== etherTypes.ipv4) return;
    const datagram = parseDatagram(payload);
    if (datagram) this.#inputDatagram(datagram, macAt(frame, 6));
  }

  #frame(destination: string, type: number, parts: readonly Uint8Array[]): void {
    const length = parts.reduce((sum, part) => sum + part.length, 14);
    const frame = new Uint8Array(length);
    frame.set(macOctets(destination));
    frame.set(this.#macOctets, 6);
    frame[12] = type >> 8;
    frame[13] = type & 0xff;
    let offset = 14;
    for (const part of parts) {
      frame.set(part, offset);
      offset += part.length;
    }
    this.#port.postMessage(frame);
  }

  // ARP (RFC 826)

  #inputArp(packet: Uint8Array): void {
    if (packet.length < 28 || packet[7] === undefined) return;
    const [senderMac, sender, target] = [macAt(packet, 8), ipAt(packet, 14), ipAt(packet, 24)];
    if (this.#questions.has(sender) || this.#neighbours.has(sender)) this.#found(sender, senderMac);
    if (packet[7] !== 1 || target !== this.address) return;
    this.#found(sender, senderMac);
    this.#arp(2, senderMac, macOctets(senderMac), ipOctets(sender));
  }

  #arp(operation: 1 | 2, to: string, targetMac: Uint8Array, target: Uint8Array): void {
    const packet = new Uint8Array(28);
    packet.set([0, 1, 8, 0, 6, 4, 0, operation]);
    packet.set(this.#macOctets, 8);
    packet.set(this.#octets, 14);
    packet.set(targetMac, 18);
    packet.set(target, 24);
    this.#frame(to, etherTypes.arp, [packet]);
  }

  #found(address: string, mac: string): void {
    this.#neighbours.set(address, mac);
    for (const answer of this.#questions.get(address) ?? []) answer(mac);
    this.#questions.delete(address);
  }

  async #resolve(address: string): Promise<string> {
    const known = this.#neighbours.get(address);
    if (known !== undefined) return known;
    return new Promise((resolve, reject) => {
      const waiting = this.#questions.get(address);
      let timer: ReturnType<typeof setInterval> | undefined;
      const answer = (mac: string) => {
        clearInterval(timer);
        resolve(mac);
      };
      if (waiting) return void waiting.push(answer);
      this.#questions.set(address, [answer]);
      let asked = 0;
      const ask = () => {
        if (asked++ < arpQuestions) {
          this.#arp(1, broadcast, new Uint8Array(6), ipOctets(address));
          return;
        }
        clearInterval(timer);
        this.#questions.delete(address);
        reject(new ConnectionError("timeout", `nobody has the address ${address}`));
      };
      timer = setInterval(ask, arpMs);
      ask();
    });
  }

  // IPv4

  #send(address: string, protocol: number, parts: readonly Uint8Array[]): void {
    const mac = this.#neighbours.get(address) ?? broadcast;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const id = this.#datagrams++;
    const header = datagramHeader(this.#octets, ipOctets(address), protocol, length, id);
    this.#frame(mac, etherTypes.ipv4, [header, ...parts]);
  }

  #inputDatagram(datagram: Datagram, mac: string): void {
    const { protocol, payload, source, destination } = datagram;
    if (protocol === protocols.udp) {
      this.#inputUdp(datagram, mac);
      return;
    }
    if (destination !== this.address) return;
    if (protocol === protocols.icmp) this.#inputIcmp(source, payload);
    if (protocol !== protocols.tcp) return;
    const segment = parseSegment(payload, datagram.pseudoHeader);
    if (!segment) return;
    const key = keyOf(segment.destinationPort, source, segment.sourcePort);
    this.#connections.get(key)?.input(segment);
  }

  #inputIcmp(source: string, message: Uint8Array): void {
    if (message.length < 8 || checksum(message) !== 0) return;
    if (message[0] === 0) this.#echoes.get(((message[4] ?? 0) << 8) | (message[5] ?? 0))?.();
    if (message[0] !== 8 || !this.#neighbours.has(source)) return;
    const reply = message.slice();
    reply.set([0, 0, 0, 0]);
    new DataView(reply.buffer).setUint16(2, checksum(reply));
    this.#send(source, protocols.icmp, [reply]);
  }

  // UDP

  #inputUdp({ source, payload, pseudoHeader: pseudo }: Datagram, mac: string): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    if (payload.length < 8 || view.getUint16(4) > payload.length) return;
    if (view.getUint16(6) !== 0 && checksum(pseudo, payload) !== 0) return;
    const data = payload.subarray(8, view.getUint16(4));
    const port = view.getUint16(2);
    if (port === dhcpServerPort && this.#lease) {
      const answer = answerDhcp(data, this.#lease, this.address);
      if (!answer) return;
      this.#neighbours.set(answer.address, mac);
      this.#sendUdp(dhcpServerPort, answer.address, answer.port, answer.message);
      return;
    }
    this.#udp.get(port)?.(source, view.getUint16(0), data);
  }

  #sendUdp(sourcePort: number, address: string, port: number, data: Uint8Array): void {
    const header = new Uint8Array(8);
    const view = new DataView(header.buffer);
    const length = 8 + data.length;
    view.setUint16(0, sourcePort);
    view.setUint16(2, port);
    view.setUint16(4, length);
    const pseudo = pseudoHeader(this.#octets, ipOctets(address), protocols.udp, length);
    view.setUint16(6, checksum(pseudo, header, data) || 0xffff);
    this.#send(address, protocols.udp, [header, data]);
  }
}

function keyOf(localPort: number, address: string, port: number): string {
  return `${localPort} ${address} ${port}`;
}
