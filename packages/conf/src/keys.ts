import { didYouMean } from "@mirage/diagnostics";

/** The keys that stand for themselves. */
export const plainKeys = [
  "name",
  "main-noip",
  "main-ip",
  "main-http",
  "main-app",
  "ip-use-dhcp",
  "ip-address",
  "ip-netmask",
  "ip-gateway",
  "ip6-address",
  "ip6-gateway",
  "ip6-use-slaac",
  "dns-servers",
  "dns-search",
  "http-port",
  "http-address",
  "https-port",
  "https-certificate",
  "https-key",
  "https-redirect",
  "https-hsts",
  "https-acme",
  "https-domain",
  "https-store",
  "https-contact",
  "https-challenge",
  "https-anchors",
  "log-level",
  "memory-budget",
  "compat",
  "depends",
  "packages",
  "preprocess",
  "sandbox",
  "compiler",
  "metrics-port",
  "health-path",
] as const;

/** The keys that declare something under a name: `fs-NAME` and so on. */
export const families = ["fs", "block", "fat", "net", "argument", "xl"] as const;

export type PlainKey = (typeof plainKeys)[number];
export type Family = (typeof families)[number];

export type Key =
  | { readonly kind: "plain"; readonly key: PlainKey }
  | { readonly kind: "family"; readonly family: Family; readonly name: string };

/** What a key means; the case of its first letter does not matter, as in 2013. */
export function classifyKey(text: string): Key | undefined {
  const written = text.slice(0, 1).toLowerCase() + text.slice(1);
  const plain = plainKeys.find((key) => key === written);
  if (plain !== undefined) return { kind: "plain", key: plain };
  const dash = written.indexOf("-");
  const family = dash > 0 && families.find((name) => name === written.slice(0, dash));
  return family ? { kind: "family", family, name: written.slice(dash + 1) } : undefined;
}

const longestTypo = 64;

/** The key that was probably meant: a similar one, or one with its halves the other way round. */
export function nearestKey(text: string): string | undefined {
  if (text.length > longestTypo) return undefined;
  const halves = /^([^-_]*)[-_](.*)$/.exec(text);
  if (halves) {
    const [, first = "", second = ""] = halves;
    const swapped = `${second}-${first}`;
    if (plainKeys.some((key) => key === swapped)) return swapped;
    const named = families.map((family) => `${family}-${second}`);
    return didYouMean(text, [...plainKeys, ...named]);
  }
  const family = families.find((name) => name === text.toLowerCase());
  return family ? `${family}-NAME` : didYouMean(text, plainKeys);
}
