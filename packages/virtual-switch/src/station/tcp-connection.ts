import { checksum, protocols, pseudoHeader } from "./packets.js";

const flags = { fin: 1, syn: 2, reset: 4, push: 8, ack: 16 } as const;

/** A received segment (RFC 9293, 3.1). */
export interface Segment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly options: Uint8Array;
  readonly data: Uint8Array;
}

/** The segment in a datagram; nothing if it is broken. */
export function parseSegment(payload: Uint8Array, pseudo: Uint8Array): Segment | undefined {
  if (payload.length < 20 || checksum(pseudo, payload) !== 0) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const start = (view.getUint8(12) >> 4) * 4;
  if (start < 20 || start > payload.length) return undefined;
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequence: view.getUint32(4),
    acknowledgment: view.getUint32(8),
    flags: view.getUint8(13),
    window: view.getUint16(14),
    options: payload.subarray(20, start),
    data: payload.subarray(start),
  };
}

/** Why a connection ended. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";

  constructor(
    readonly reason: "refused" | "reset" | "timeout" | "closed",
    message: string,
  ) {
    super(message);
  }
}

export interface Endpoints {
  readonly localAddress: Uint8Array;
  readonly localPort: number;
  readonly remoteAddress: Uint8Array;
  readonly remotePort: number;
}

export interface ConnectionHooks {
  /** Sends a segment: its parts, the header first. */
  send(parts: readonly Uint8Array[]): void;
  /** The connection is over: no segment is for it any more. */
  over(): void;
}

/** Octets of data in a segment: an Ethernet frame of 1500 without two headers of 20. */
const segmentSize = 1460;
/** Octets that the peer may send before somebody reads. */
const receiveRoom = 4 * 1024 * 1024;
const windowShift = 7;
/** Octets of the own data that are not acknowledged, whatever the peer's window. */
const mostInFlight = 1024 * 1024;
/** Milliseconds until the first retransmission, which doubles (RFC 6298), and how many there are. */
const firstTimeout = 1000;
const mostTimeouts = 6;

/**
 * One connection, opened by this side (RFC 9293), for links that keep the order of frames and lose few:
 * what arrives out of order is dropped and asked for again, and there is no congestion control.
 */
export class TcpConnection {
  readonly #ends: Endpoints;
  readonly #hooks: ConnectionHooks;
  #state: "syn-sent" | "open" | "over" = "syn-sent";
  #error: ConnectionError | undefined;

  // Sending: `#sent` holds what is not acknowledged, `#queue` what is not sent yet.
  #unacknowledged: number;
  #next: number;
  #window = 0;
  #shift = 0;
  #peerSegment = 536;
  readonly #sent: { sequence: number; data: Uint8Array; fin: boolean }[] = [];
  readonly #queue: { data: Uint8Array; taken: () => void }[] = [];
  #wantsFin = false;
  #finSent = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timeouts = 0;

  // Receiving
  #expected = 0;
  readonly #arrived: Uint8Array[] = [];
  #arrivedOctets = 0;
  #advertised = receiveRoom;
  #peerEnded = false;
  #ackDue = false;
  #readers: (() => void)[] = [];
  readonly #opened: { resolve: () => void; reject: (error: Error) => void };
  /** Settles when the peer has answered. */
  readonly opened: Promise<void>;

  constructor(ends: Endpoints, hooks: ConnectionHooks) {
    this.#ends = ends;
    this.#hooks = hooks;
    const [first = 0] = crypto.getRandomValues(new Uint32Array(1));
    this.#unacknowledged = first;
    this.#next = add(first, 1);
    let opened = { resolve: () => {}, reject: (_: Error) => {} };
    this.opened = new Promise((resolve, reject) => {
      opened = { resolve, reject };
    });
    this.#opened = opened;
    this.#sendSyn();
    this.#arm();
  }

  get endpoints(): Endpoints {
    return this.#ends;
  }

  /** The next octets from the peer; nothing once it has closed its side. @throws ConnectionError */
  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const data = this.#arrived.shift();
      if (data) {
        this.#arrivedOctets -= data.length;
        // A window that has grown by much is worth a segment (RFC 9293, 3.8.6.2.2).
        if (this.#state === "open" && this.#room() - this.#advertised >= receiveRoom / 4) {
          this.#acknowledge();
        }
        return data;
      }
      if (this.#error) throw this.#error;
      if (this.#peerEnded || this.#state === "over") return undefined;
      await new Promise<void>((resolve) => this.#readers.push(resolve));
    }
  }

  /** Queues octets, which must not change; settles when the last of them are sent. @throws ConnectionError */
  async write(data: Uint8Array): Promise<void> {
    if (this.#error) throw this.#error;
    if (this.#wantsFin || this.#state === "over") {
      throw new ConnectionError("closed", "the connection is closed");
    }
    if (data.length === 0) return;
    await new Promise<void>((taken) => {
      this.#queue.push({ data, taken });
      this.#push();
    });
    if (this.#error) throw this.#error;
  }

  /** Closes this side, once all is sent. */
  close(): void {
    this.#wantsFin = true;
    this.#push();
  }

  /** Gives the connection up, and tells the peer. */
  abort(): void {
    if (this.#state === "over") return;
    this.#segment(flags.reset | flags.ack, this.#next);
    this.#end(new ConnectionError("closed", "the connection was given up"));
  }

  /** Takes a segment for this connection. */
  input(segment: Segment): void {
    if (this.#state === "over") return;
    if (this.#state === "syn-sent") {
      this.#inputSynSent(segment);
      return;
    }
    if (segment.flags & flags.reset) {
      if (segment.sequence !== this.#expected) return; // RFC 5961, 3.2
      this.#end(new ConnectionError("reset", "the peer has reset the connection"));
      return;
    }
    if (segment.flags & flags.syn) {
      this.#acknowledge();
      return;
    }
    if (segment.flags & flags.ack) this.#inputAck(segment);
    this.#inputData(segment);
    this.#push();
    if (this.#peerEnded && this.#finSent && this.#sent.length === 0) this.#end();
  }

  #inputSynSent({ flags: bits, acknowledgment, sequence, options, window }: Segment): void {
    if (!(bits & flags.ack) || acknowledgment !== this.#next) return;
    if (bits & flags.reset) {
      this.#end(new ConnectionError("refused", "nobody listens on that port"));
      return;
    }
    if (!(bits & flags.syn)) return;
    this.#state = "open";
    this.#unacknowledged = acknowledgment;
    this.#expected = add(sequence, 1);
    this.#readOptions(options);
    this.#window = window;
    this.#disarm();
    this.#acknowledge();
    this.#opened.resolve();
    this.#push();
  }

  /** Segment size and window scale (RFC 9293, 3.2; RFC 7323). */
  #readOptions(options: Uint8Array): void {
    for (let i = 0; i < options.length; ) {
      const kind = options[i] ?? 0;
      if (kind === 0) return;
      if (kind === 1) {
        i++;
        continue;
      }
      const length = options[i + 1] ?? 0;
      if (length < 2) return;
      if (kind === 2) this.#peerSegment = ((options[i + 2] ?? 0) << 8) | (options[i + 3] ?? 0);
      if (kind === 3) this.#shift = Math.min(options[i + 2] ?? 0, 14);
      i += length;
    }
  }

  #inputAck({ acknowledgment, window }: Segment): void {
    const acknowledged = distance(this.#unacknowledged, acknowledgment);
    if (acknowledged < 0 || distance(acknowledgment, this.#next) < 0) return;
    this.#window = window << this.#shift;
    if (acknowledged === 0) return;
    this.#unacknowledged = acknowledgment;
    while (this.#sent.length > 0) {
      const [first] = this.#sent;
      if (!first || distance(endOf(first), acknowledgment) < 0) break;
      this.#sent.shift();
    }
    this.#timeouts = 0;
    this.#disarm();
    if (this.#sent.length > 0) this.#arm();
  }

  #inputData({ sequence, data, flags: bits }: Segment): void {
    const isFin = (bits & flags.fin) !== 0;
    if (data.length === 0 && !isFin) {
      if (sequence !== this.#expected) this.#acknowledge(); // a probe, or a lost reply
      return;
    }
    const known = distance(sequence, this.#expected);
    if (known < 0 || known > data.length || this.#peerEnded || this.#room() < data.length - known) {
      this.#acknowledge();
      return;
    }
    const fresh = data.subarray(known);
    if (fresh.length > 0) {
      this.#arrived.push(fresh);
      this.#arrivedOctets += fresh.length;
      this.#expected = add(this.#expected, fresh.length);
    }
    if (isFin) {
      this.#expected = add(this.#expected, 1);
      this.#peerEnded = true;
    }
    this.#wake();
    if (isFin) {
      this.#acknowledge();
      return;
    }
    // One reply for all that comes in this turn.
    if (this.#ackDue) return;
    this.#ackDue = true;
    queueMicrotask(() => {
      if (this.#ackDue && this.#state === "open") this.#acknowledge();
    });
  }

  /** Sends what the peer's window lets through. */
  #push(): void {
    if (this.#state !== "open") return;
    const limit = Math.min(this.#window, mostInFlight);
    for (;;) {
      const [first] = this.#queue;
      if (!first) break;
      const room = limit - distance(this.#unacknowledged, this.#next);
      // With a closed window, one octet asks for more (RFC 9293, 3.8.6.1).
      const size = room > 0 ? room : this.#sent.length === 0 ? 1 : 0;
      if (size === 0) break;
      const data = first.data.subarray(0, Math.min(size, this.#peerSegment, segmentSize));
      first.data = first.data.subarray(data.length);
      this.#sendData({ sequence: this.#next, data, fin: false });
      if (first.data.length > 0) continue;
      this.#queue.shift();
      first.taken();
    }
    if (this.#wantsFin && !this.#finSent && this.#queue.length === 0) {
      this.#finSent = true;
      this.#sendData({ sequence: this.#next, data: new Uint8Array(0), fin: true });
    }
  }

  #sendData(unit: { sequence: number; data: Uint8Array; fin: boolean }): void {
    this.#sent.push(unit);
    this.#next = endOf(unit);
    this.#transmit(unit);
    if (this.#timer === undefined) this.#arm();
  }

  #transmit({ sequence, data, fin }: { sequence: number; data: Uint8Array; fin: boolean }): void {
    this.#segment(flags.ack | (fin ? flags.fin : flags.push), sequence, data);
  }

  #sendSyn(): void {
    const options = Uint8Array.of(2, 4, segmentSize >> 8, segmentSize & 0xff, 1, 3, 3, windowShift);
    this.#segment(flags.syn, this.#unacknowledged, new Uint8Array(0), options);
  }

  #acknowledge(): void {
    this.#segment(flags.ack, this.#next);
  }

  #room(): number {
    return Math.max(0, receiveRoom - this.#arrivedOctets);
  }

  #segment(
    bits: number,
    sequence: number,
    data: Uint8Array = new Uint8Array(0),
    options: Uint8Array = new Uint8Array(0),
  ): void {
    const { localAddress, localPort, remoteAddress, remotePort } = this.#ends;
    const header = new Uint8Array(20 + options.length);
    const view = new DataView(header.buffer);
    view.setUint16(0, localPort);
    view.setUint16(2, remotePort);
    view.setUint32(4, sequence);
    view.setUint32(8, bits & flags.ack ? this.#expected : 0);
    view.setUint8(12, (header.length / 4) << 4);
    view.setUint8(13, bits);
    this.#advertised = this.#room();
    const shift = bits & flags.syn ? 0 : windowShift;
    view.setUint16(14, Math.min(this.#advertised >> shift, 0xffff));
    header.set(options, 20);
    const length = header.length + data.length;
    const pseudo = pseudoHeader(localAddress, remoteAddress, protocols.tcp, length);
    view.setUint16(16, checksum(pseudo, header, data));
    if (bits & flags.ack) this.#ackDue = false;
    this.#hooks.send(data.length > 0 ? [header, data] : [header]);
  }

  #arm(): void {
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#retransmit();
      },
      firstTimeout * 2 ** this.#timeouts,
    );
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #retransmit(): void {
    if (this.#timeouts >= mostTimeouts) {
      this.#end(new ConnectionError("timeout", "the peer doesn't answer"));
      return;
    }
    this.#timeouts++;
    if (this.#state === "syn-sent") this.#sendSyn();
    else for (const unit of this.#sent) this.#transmit(unit);
    this.#arm();
  }

  #wake(): void {
    const readers = this.#readers;
    this.#readers = [];
    for (const wake of readers) wake();
  }

  #end(error?: ConnectionError): void {
    this.#state = "over";
    this.#error = error;
    this.#disarm();
    if (error) this.#opened.reject(error);
    for (const { taken } of this.#queue.splice(0)) taken();
    this.#wake();
    this.#hooks.over();
  }
}

/** Sequence numbers count modulo 2^32 (RFC 9293, 3.4). */
function add(sequence: number, octets: number): number {
  return (sequence + octets) >>> 0;
}

/** How far it is from one number to another, negative if that is before. */
function distance(from: number, to: number): number {
  return (to - from) | 0;
}

function endOf({
  sequence,
  data,
  fin,
}: {
  sequence: number;
  data: Uint8Array;
  fin: boolean;
}): number {
  return add(sequence, data.length + (fin ? 1 : 0));
}
