import { ipAt, ipOctets } from "./packets.js";

/** The one address that a server gives away. */
export interface Lease {
  readonly address: string;
  readonly netmask: string;
  readonly gateway: string;
}

export const dhcpServerPort = 67;
const clientPort = 68;
const cookie = [99, 130, 83, 99];
const types = { discover: 1, offer: 2, request: 3, acknowledge: 5, refuse: 6 } as const;
/** Seconds that an address is given for. */
const leaseTime = 86_400;

/** What a server answers (RFC 2131); nothing to what is no question for it. */
export function answerDhcp(
  message: Uint8Array,
  lease: Lease,
  server: string,
): { readonly address: string; readonly port: number; readonly message: Uint8Array } | undefined {
  if (message.length < 240 || message[0] !== 1) return undefined;
  if (cookie.some((octet, i) => message[236 + i] !== octet)) return undefined;
  const options = readOptions(message.subarray(240));
  const wanted = options.get(50)
    ? ipAt(options.get(50) ?? new Uint8Array(4), 0)
    : ipAt(message, 12);
  const type = answerTo(options.get(53)?.[0], wanted, lease.address);
  if (type === undefined) return undefined;
  const reply = new Uint8Array(300);
  reply.set(message.subarray(0, 240));
  reply[0] = 2;
  reply.fill(0, 12, 28);
  const settings: [number, Iterable<number>][] = [
    [53, [type]],
    [54, ipOctets(server)],
  ];
  if (type !== types.refuse) {
    reply.set(ipOctets(lease.address), 16);
    settings.push(
      [51, [leaseTime >> 24, (leaseTime >> 16) & 255, (leaseTime >> 8) & 255, leaseTime & 255]],
      [1, ipOctets(lease.netmask)],
      [3, ipOctets(lease.gateway)],
    );
  }
  let offset = 240;
  for (const [code, value] of settings) {
    const octets = [...value];
    reply.set([code, octets.length, ...octets], offset);
    offset += 2 + octets.length;
  }
  reply[offset] = 255;
  return { address: lease.address, port: clientPort, message: reply };
}

function answerTo(type: number | undefined, wanted: string, address: string): number | undefined {
  if (type === types.discover) return types.offer;
  if (type !== types.request) return undefined;
  return wanted === address ? types.acknowledge : types.refuse;
}

/** The first value of each code (RFC 2132). */
function readOptions(octets: Uint8Array): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  for (let i = 0; i < octets.length; ) {
    const code = octets[i] ?? 255;
    if (code === 255) break;
    if (code === 0) {
      i++;
      continue;
    }
    const length = octets[i + 1] ?? 0;
    if (!options.has(code)) options.set(code, octets.subarray(i + 2, i + 2 + length));
    i += 2 + length;
  }
  return options;
}
