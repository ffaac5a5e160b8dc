/** The one's complement sum of parts as one sequence, complemented (RFC 1071). Parts but the last have an even length. */
export function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    const even = part.length & ~1;
    for (let i = 0; i < even; i += 2) sum += ((part[i] ?? 0) << 8) | (part[i + 1] ?? 0);
    if (part.length > even) sum += (part[even] ?? 0) << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** The four octets of an address such as 10.0.0.2. @throws TypeError */
export function ipOctets(address: string): Uint8Array {
  const octets = address.split(".").map(Number);
  if (octets.length !== 4 || octets.some((n) => !Number.isInteger(n) || n < 0 || n > 255)) {
    throw new TypeError(`${address} is not an IPv4 address`);
  }
  return Uint8Array.from(octets);
}

/** The address at an offset. */
export function ipAt(packet: Uint8Array, offset: number): string {
  return packet.subarray(offset, offset + 4).join(".");
}

export const etherTypes = { ipv4: 0x0800, arp: 0x0806 } as const;
export const protocols = { icmp: 1, tcp: 6, udp: 17 } as const;

/** A received datagram of IPv4 (RFC 791), whole. */
export interface Datagram {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly payload: Uint8Array;
  /** The sum over the pseudo header, for TCP and UDP. */
  readonly pseudoHeader: Uint8Array;
}

/** What TCP and UDP put in front of themselves for their checksum (RFC 9293, 3.1). */
export function pseudoHeader(
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  length: number,
): Uint8Array {
  const header = new Uint8Array(12);
  header.set(source);
  header.set(destination, 4);
  header[9] = protocol;
  header[10] = length >> 8;
  header[11] = length & 0xff;
  return header;
}

/** The datagram in a frame's payload; nothing if it is broken, or a fragment. */
export function parseDatagram(packet: Uint8Array): Datagram | undefined {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  if (packet.length < 20 || view.getUint8(0) >> 4 !== 4) return undefined;
  const headerLength = (view.getUint8(0) & 15) * 4;
  const length = view.getUint16(2);
  if (headerLength < 20 || length < headerLength || length > packet.length) return undefined;
  if ((view.getUint16(6) & 0x3fff) !== 0) return undefined; // more fragments, or not the first
  if (checksum(packet.subarray(0, headerLength)) !== 0) return undefined;
  const payload = packet.subarray(headerLength, length);
  const protocol = view.getUint8(9);
  return {
    source: ipAt(packet, 12),
    destination: ipAt(packet, 16),
    protocol,
    payload,
    pseudoHeader: pseudoHeader(
      packet.subarray(12, 16),
      packet.subarray(16, 20),
      protocol,
      payload.length,
    ),
  };
}

/** A header of 20 octets for a payload of that length. */
export function datagramHeader(
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  length: number,
  id: number,
): Uint8Array {
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, 20 + length);
  view.setUint16(4, id & 0xffff);
  view.setUint16(6, 0x4000); // don't fragment
  view.setUint8(8, 64);
  view.setUint8(9, protocol);
  header.set(source, 12);
  header.set(destination, 16);
  view.setUint16(10, checksum(header));
  return header;
}
