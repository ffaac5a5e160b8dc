import { quote } from "@mirage/diagnostics";
import { acmeUser } from "./acme.js";
import type {
  DeviceKind,
  DeviceReference,
  Http,
  Main,
  NameService,
  Written,
} from "./configuration.js";
import { parseIpv4 } from "./ipv4.js";
import { readList, separatorHint } from "./lists.js";
import type { Problems } from "./problems.js";
import { type Entry, type RawConf, whole } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";
import type { Token } from "./syntax.js";

const code = "ERR_MIRAGE_CONF_DNS";

/** The devices that look up names. */
const resolving: readonly DeviceKind[] = ["resolver", "http_client", "https_client"];

/** What looks up names: the first such device of the application, or the order of a certificate. */
export function resolvingUser(
  main: Main,
  http: Http | undefined,
): Pick<DeviceReference, "name" | "span"> | undefined {
  const device = deviceOf(main, resolving);
  if (device) return { name: `the device \`${device.name}\``, span: device.span };
  return http?.https?.acme && acmeUser(http.https.acme);
}

/** `dns-servers` and `dns-search`, which the device `resolver` and those above it use. */
export function readNameService(
  raw: RawConf,
  main: Main | undefined,
  http: Http | undefined,
  problems: Problems,
  spanOf: SpanOf,
): NameService {
  for (const key of ["dns-servers", "dns-search"] as const) {
    const [entry] = raw.lists.get(key) ?? [];
    if (entry && main && !resolvingUser(main, http)) {
      warnUnused(entry, "nothing here looks up names", "`resolver` or `http_client`", problems);
    }
  }
  return {
    servers: readList(raw.lists.get("dns-servers"), spanOf, (item) => readServer(item, problems)),
    search: readList(raw.lists.get("dns-search"), spanOf, (item) => readDomain(item, problems)),
  };
}

/** `https-anchors`, which the device `https_client` and `https-acme` use. */
export function readAnchors(
  raw: RawConf,
  main: Main | undefined,
  http: Http | undefined,
  problems: Problems,
  spanOf: SpanOf,
): Written<string> | undefined {
  const entry = raw.plain.get("https-anchors");
  if (!entry) return undefined;
  if (main && !trustingUser(main, http)) {
    warnUnused(entry, "nothing here is a client of HTTPS", "`https_client`", problems);
  }
  return { value: entry.value.text, span: spanOf(entry.value) };
}

/** Where a machine has the certificates that it trusts: Debian's ca-certificates, and others. */
export const systemAnchors = "/etc/ssl/certs/ca-certificates.crt";

/** The file of certificates of a client of HTTPS for which the .conf file names none. */
export function defaultAnchors(
  main: Main | undefined,
  http: Http | undefined,
): Written<string> | undefined {
  const client = main && trustingUser(main, http);
  return client && { value: systemAnchors, span: client.span };
}

/** What checks certificates of servers. */
function trustingUser(
  main: Main,
  http: Http | undefined,
): Pick<DeviceReference, "name" | "span"> | undefined {
  const acme = http?.https?.acme;
  return deviceOf(main, ["https_client"]) ?? (acme && acmeUser(acme));
}

function deviceOf(main: Main, kinds: readonly DeviceKind[]): DeviceReference | undefined {
  return main.kind === "app" ? main.args.find(({ kind }) => kinds.includes(kind)) : undefined;
}

function warnUnused(entry: Entry, why: string, devices: string, problems: Problems): void {
  problems.warning(whole(entry), () => ({
    code: "ERR_MIRAGE_CONF_UNUSED",
    message: `${quote(entry.key.text)} has no effect: ${why}`,
    hint: `it belongs to the device ${devices} in \`main-app\``,
  }));
}

function readServer(item: Token, problems: Problems): string | undefined {
  if (parseIpv4(item.text) !== undefined) return item.text;
  return problems.error(item, () => ({
    code,
    message: `${quote(item.text)} is not the address of a name server`,
    hint: separatorHint(item) ?? "write IPv4 addresses, such as `dns-servers: 10.0.0.53`",
  }));
}

/** RFC 1123, section 2.1, and underscores. */
const label = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;

function readDomain(item: Token, problems: Problems): string | undefined {
  const labels = item.text.replace(/\.$/, "").split(".");
  if (item.text.length <= 253 && labels.every((text) => label.test(text))) return item.text;
  return problems.error(item, () => ({
    code,
    message: `${quote(item.text)} is not a domain`,
    hint: separatorHint(item) ?? "write names such as `example.org`",
  }));
}
