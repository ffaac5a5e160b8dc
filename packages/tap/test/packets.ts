/** Ethernet type fields. */
export const etherType = { ipv4: 0x0800, arp: 0x0806 } as const;

/** An ARP packet in an Ethernet frame: RFC 826. */
export function arpFrame(arp: {
  operation: "request" | "reply";
  senderMac: string;
  senderIp: string;
  targetMac: string;
  targetIp: string;
}): Buffer {
  const header = [0, 1, 8, 0, 6, 4, 0, arp.operation === "request" ? 1 : 2];
  return Buffer.concat([
    arp.operation === "request" ? Buffer.alloc(6, 0xff) : macBytes(arp.targetMac),
    macBytes(arp.senderMac),
    Buffer.from([8, 6]),
    Buffer.from(header),
    macBytes(arp.senderMac),
    ipBytes(arp.senderIp),
    macBytes(arp.targetMac),
    ipBytes(arp.targetIp),
  ]);
}

/** An ICMP echo request in an IPv4 packet: RFC 791, RFC 792. */
export function echoRequest(source: string, destination: string): Buffer {
  const icmp = Buffer.from([8, 0, 0, 0, 0x12, 0x34, 0, 1]);
  icmp.writeUInt16BE(checksum(icmp), 2);
  const head = Buffer.from([0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0]);
  const header = Buffer.concat([head, ipBytes(source), ipBytes(destination)]);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, icmp]);
}

export function ipBytes(address: string): Buffer {
  return Buffer.from(address.split(".").map(Number));
}

export function macBytes(address: string): Buffer {
  return Buffer.from(address.replaceAll(":", ""), "hex");
}

/** The Internet checksum of an even number of bytes: RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
