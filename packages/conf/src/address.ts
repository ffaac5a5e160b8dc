import { quote } from "@mirage/diagnostics";
import { readBoolean } from "./boolean.js";
import { commentHint } from "./comment-hint.js";
import type { Address, Setting } from "./configuration.js";
import {
  broadcastOf,
  type Ipv4,
  isSame,
  netmaskOf,
  networkOf,
  parseIpv4,
  prefixLength,
} from "./ipv4.js";
import { type Problems, startOfFile } from "./problems.js";
import { type Entry, type RawConf, whole } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";
import type { Range } from "./syntax.js";

/** What the tool of 2013 used where a key was left out. */
export const defaultAddress = {
  address: "10.0.0.2",
  netmask: "255.255.255.0",
  gateway: "10.0.0.1",
} as const;

const code = "ERR_MIRAGE_CONF_ADDRESS";

interface Part {
  readonly key: "ip-address" | "ip-netmask" | "ip-gateway";
  readonly ip: Ipv4;
  readonly entry: Entry | undefined;
}

const dhcpHint = "write `true` to ask a DHCP server, `false` for a fixed address";

/** The `ip-*` keys; nothing if there was an error. */
export function readAddress(raw: RawConf, problems: Problems, spanOf: SpanOf): Address | undefined {
  const dhcp = raw.plain.get("ip-use-dhcp");
  const usesDhcp = dhcp !== undefined && readBoolean("ip-use-dhcp", dhcpHint, dhcp, problems);
  const parts = {
    address: readPart(raw, "ip-address", defaultAddress.address, problems),
    netmask: readPart(raw, "ip-netmask", defaultAddress.netmask, problems),
    gateway: readPart(raw, "ip-gateway", defaultAddress.gateway, problems),
  };
  if (usesDhcp) {
    reportStaticKeys(raw, problems);
    return { kind: "dhcp", span: spanOf(whole(dhcp)) };
  }
  const { address, netmask, gateway } = parts;
  if (!address || !netmask || !gateway || !checkNetwork(address, netmask, gateway, problems)) {
    return undefined;
  }
  const setting = ({ ip, entry }: Part): Setting<string> => ({
    value: `${ip}`,
    ...(entry ? { span: spanOf(entry.value) } : {}),
  });
  return {
    kind: "static",
    given: [dhcp, address.entry, netmask.entry, gateway.entry].some((entry) => entry !== undefined),
    address: setting(address),
    netmask: setting(netmask),
    gateway: setting(gateway),
  };
}

function reportStaticKeys(raw: RawConf, problems: Problems): void {
  const keys = (["ip-address", "ip-netmask", "ip-gateway"] as const).filter((key) =>
    raw.plain.has(key),
  );
  const first = keys[0] && raw.plain.get(keys[0]);
  if (!first) return;
  problems.error(whole(first), () => ({
    code: "ERR_MIRAGE_CONF_DHCP_AND_STATIC",
    message: `\`ip-use-dhcp: true\` contradicts ${keys.map((key) => `\`${key}\``).join(", ")}`,
    hint: "remove these, or write `ip-use-dhcp: false`",
  }));
}

function readPart(
  raw: RawConf,
  key: Part["key"],
  fallback: string,
  problems: Problems,
): Part | undefined {
  const entry = raw.plain.get(key);
  const text = entry?.value.text ?? fallback;
  const ip = parseIpv4(text);
  if (ip !== undefined) return { key, ip, entry };
  return problems.error(entry?.value ?? startOfFile, () => ({
    code,
    message: `${quote(text)} is not an IPv4 ${key === "ip-netmask" ? "netmask" : "address"}`,
    hint: dottedQuadHint(key, text, fallback),
  }));
}

function dottedQuadHint(key: Part["key"], text: string, example: string): string {
  const slash = /^([0-9.]*)\/([0-9]{1,2})$/.exec(text);
  const prefix = Number(slash?.[2] ?? (key === "ip-netmask" ? text : Number.NaN));
  if (Number.isInteger(prefix) && prefix >= 1 && prefix <= 32) {
    const netmask = `ip-netmask: ${netmaskOf(prefix)}`;
    return slash?.[1] && key === "ip-address"
      ? `write \`ip-address: ${slash[1]}\` and \`${netmask}\``
      : `write \`${netmask}\``;
  }
  if (text.includes("#")) return commentHint;
  return `write four numbers from 0 to 255, such as ${example}`;
}

function checkNetwork(address: Part, netmask: Part, gateway: Part, problems: Problems): boolean {
  const prefix = prefixLength(netmask.ip);
  if (prefix === undefined || prefix === 0) {
    problems.error(place(netmask, address), () => ({
      code,
      message: `${netmask.ip} is not the mask of a network`,
      hint: "a netmask is ones followed by zeros, such as 255.255.255.0 for 254 hosts",
    }));
    return false;
  }
  const own = checkHost(address, netmask, prefix, problems);
  const router = checkHost(gateway, netmask, prefix, problems);
  if (!own || !router) return false;
  // In a network of one address, as hosting providers give it, the gateway is asked for on the link.
  const isPointToPoint = prefix === 32 && gateway.entry !== undefined;
  if (!isPointToPoint && !gateway.ip.match(address.ip, prefix)) {
    const cidr = `${networkOf(address.ip, prefix)}/${prefix}`;
    problems.error(place(gateway, address, netmask), () => ({
      code,
      message: `the gateway ${gateway.ip} is outside the network ${cidr} of ${address.ip}`,
      hint: gateway.entry
        ? "correct `ip-address`, `ip-netmask` or `ip-gateway`"
        : "the gateway is the default one: add `ip-gateway`",
    }));
    return false;
  }
  if (isSame(gateway.ip, address.ip)) {
    problems.error(place(address, gateway), () => ({
      code,
      message: `${address.ip} is both \`ip-address\` and \`ip-gateway\``,
      hint: "the gateway is the other side: the host or a router",
    }));
    return false;
  }
  return true;
}

/** An address that one host can have. */
function checkHost(part: Part, netmask: Part, prefix: number, problems: Problems): boolean {
  const reason = whyNoHost(part.ip, prefix);
  if (reason === undefined) return true;
  problems.error(place(part, netmask), () => ({
    code,
    message: `\`${part.key}\` ${part.ip} is ${reason}`,
    hint: "take an address of one host, such as 10.0.0.2",
  }));
  return false;
}

function whyNoHost(address: Ipv4, prefix: number): string | undefined {
  const [firstOctet = 0] = address.octets;
  if (firstOctet === 127) return "a loopback address";
  if (firstOctet >= 224 && firstOctet < 240) return "a multicast address";
  if (firstOctet === 0 || firstOctet >= 240) return "a reserved address";
  if (prefix >= 31) return undefined; // RFC 3021: both addresses are hosts
  if (isSame(address, networkOf(address, prefix))) return "the address of the network itself";
  if (isSame(address, broadcastOf(address, prefix))) return "the broadcast address of its network";
  return undefined;
}

/** The first of the parts that is written in the file. */
function place(...parts: readonly Part[]): Range {
  return parts.find(({ entry }) => entry !== undefined)?.entry?.value ?? { start: 0, end: 0 };
}
