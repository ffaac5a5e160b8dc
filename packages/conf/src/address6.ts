import { quote } from "@mirage/diagnostics";
import { readBoolean } from "./boolean.js";
import type { Ipv6Settings } from "./configuration.js";
import { type Ipv6, isLinkLocal, parseIpv6, whyNoHost6 } from "./ipv6.js";
import type { Problem, Problems } from "./problems.js";
import { type Entry, type RawConf, whole } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** The keys of IPv6. */
export const ipv6Keys = ["ip6-address", "ip6-gateway", "ip6-use-slaac"] as const;

const slaacHint = "write `true` to make addresses of what routers advertise";

interface Network {
  readonly ip: Ipv6;
  readonly prefix: number;
  readonly entry: Entry;
}

/** The `ip6-*` keys; undefined if none of them asks for IPv6, or after an error. */
export function readAddress6(
  raw: RawConf,
  problems: Problems,
  spanOf: SpanOf,
): Ipv6Settings | undefined {
  const [address, gateway, slaac] = ipv6Keys.map((key) => raw.plain.get(key));
  const network = address && readNetwork(address, problems);
  const router = gateway && readGateway(gateway, network, problems);
  const usesSlaac = slaac !== undefined && readBoolean("ip6-use-slaac", slaacHint, slaac, problems);
  if (gateway && !address && !usesSlaac) {
    problems.error(whole(gateway), () => ({
      code: "ERR_MIRAGE_CONF_ADDRESS",
      message: "`ip6-gateway` needs an address to speak to it from",
      hint: "add `ip6-address`, or `ip6-use-slaac: true`",
    }));
  }
  if (!network && !usesSlaac) return undefined;
  return {
    ...(network
      ? {
          address: {
            value: { address: network.ip.toString(), prefix: network.prefix },
            span: spanOf(network.entry.value),
          },
        }
      : {}),
    ...(router && gateway
      ? { gateway: { value: router.toString(), span: spanOf(gateway.value) } }
      : {}),
    ...(slaac ? { slaac: { value: usesSlaac, span: spanOf(slaac.value) } } : {}),
  };
}

function readNetwork(entry: Entry, problems: Problems): Network | undefined {
  const { text } = entry.value;
  const [, address = "", bits = ""] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? [];
  const ip = parseIpv6(address);
  const prefix = Number(bits);
  if (ip === undefined || prefix < 1 || prefix > 128) {
    const alone = parseIpv6(text);
    return problems.error(entry.value, () => ({
      code: "ERR_MIRAGE_CONF_ADDRESS",
      message: `${quote(text)} is not an IPv6 address with the length of its network's prefix`,
      hint: alone ? `write \`ip6-address: ${text}/64\`` : "write it as in 2001:db8::2/64",
    }));
  }
  const reason = isLinkLocal(ip) ? "an address of the link, which it has anyway" : whyNoHost6(ip);
  if (reason !== undefined) {
    return problems.error(entry.value, () => notOfAHost("ip6-address", ip, reason));
  }
  return { ip, prefix, entry };
}

function readGateway(
  entry: Entry,
  network: Network | undefined,
  problems: Problems,
): Ipv6 | undefined {
  const { text } = entry.value;
  const ip = parseIpv6(text);
  if (ip === undefined) {
    return problems.error(entry.value, () => ({
      code: "ERR_MIRAGE_CONF_ADDRESS",
      message: `${quote(text)} is not an IPv6 address`,
      hint: "write it as in 2001:db8::1, or fe80::1 for a router on the link",
    }));
  }
  const reason = whyNoHost6(ip);
  if (reason !== undefined) {
    return problems.error(entry.value, () => notOfAHost("ip6-gateway", ip, reason));
  }
  if (network && ip.match(network.ip, 128)) {
    return problems.error(entry.value, () => ({
      code: "ERR_MIRAGE_CONF_ADDRESS",
      message: `${ip} is both \`ip6-address\` and \`ip6-gateway\``,
      hint: "the gateway is the other side: the host or a router",
    }));
  }
  if (network && !isLinkLocal(ip) && !ip.match(network.ip, network.prefix)) {
    return problems.error(entry.value, () => ({
      code: "ERR_MIRAGE_CONF_ADDRESS",
      message: `the gateway ${ip} is outside the network of ${network.ip}/${network.prefix}`,
      hint: "correct `ip6-address` or `ip6-gateway`",
    }));
  }
  return ip;
}

function notOfAHost(key: string, ip: Ipv6, reason: string): Problem {
  return {
    code: "ERR_MIRAGE_CONF_ADDRESS",
    message: `\`${key}\` ${ip} is ${reason}`,
    hint: "take an address of one host, such as 2001:db8::2",
  };
}
