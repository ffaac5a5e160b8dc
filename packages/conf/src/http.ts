import { quote } from "@mirage/diagnostics";
import type { Http, Main } from "./configuration.js";
import type { DeviceTable } from "./devices.js";
import { httpsEntries, readHttps } from "./https.js";
import { parseIpv4 } from "./ipv4.js";
import { readPort } from "./port.js";
import type { Problems } from "./problems.js";
import { type Entry, type RawConf, whole } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** The `http-*` keys, which `main-http` and the device `http` need. */
export function readHttp(
  raw: RawConf,
  main: Main | undefined,
  devices: DeviceTable,
  problems: Problems,
  spanOf: SpanOf,
): Http | undefined {
  const port = raw.plain.get("http-port");
  const address = raw.plain.get("http-address");
  const number = port && readPort(port, problems);
  const host = address && readHost(address, problems);
  const health = raw.plain.get("health-path");
  const healthPath = health && readPath(health, problems);
  const https = readHttps(raw, devices, problems, spanOf);
  const user = main && httpUser(main);
  if (user !== undefined) {
    reportMissing(user, raw, problems);
  } else if (main !== undefined) {
    const unused = [port, address, health, ...httpsEntries(raw)];
    for (const entry of unused) if (entry) warnUnused(entry, problems);
  }
  if (!port || !address || number === undefined || host === undefined) return undefined;
  return {
    port: { value: number, span: spanOf(port.value) },
    address: { value: host, span: spanOf(address.value) },
    ...(health && healthPath !== undefined
      ? { healthPath: { value: healthPath, span: spanOf(health.value) } }
      : {}),
    ...(https ? { https } : {}),
  };
}

function httpUser(main: Main): (Pick<Main, "span"> & { name: string }) | undefined {
  if (main.kind === "http") return { name: "`main-http`", span: main.span };
  const device = main.kind === "app" && main.args.find(({ kind }) => kind === "http");
  return device ? { name: "the device `http`", span: device.span } : undefined;
}

function reportMissing(
  user: Pick<Main, "span"> & { name: string },
  raw: RawConf,
  problems: Problems,
): void {
  const missing = (["http-port", "http-address"] as const).filter((key) => !raw.written.has(key));
  if (missing.length === 0) return;
  const examples = { "http-port": "http-port: 80", "http-address": "http-address: *" };
  problems.error({ start: user.span.start.offset, end: user.span.end.offset }, () => ({
    code: "ERR_MIRAGE_CONF_NO_HTTP",
    message: `${user.name} needs ${missing.map((key) => `\`${key}\``).join(" and ")}`,
    hint: `add ${missing.map((key) => `\`${examples[key]}\``).join(" and ")}`,
  }));
}

function warnUnused(entry: Entry, problems: Problems): void {
  problems.warning(whole(entry), () => ({
    code: "ERR_MIRAGE_CONF_UNUSED",
    message: `${quote(entry.key.text)} has no effect: nothing here serves HTTP for it`,
    hint: "it belongs to `main-http`, or to the device `http` in `main-app`",
  }));
}

/** Unreserved characters of RFC 3986, and `/`. */
function readPath({ value }: Entry, problems: Problems): string | undefined {
  if (/^\/[\w./~-]*$/.test(value.text)) return value.text;
  return problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_HEALTH_PATH",
    message: `${quote(value.text)} is no path of a page`,
    hint: "write one of letters, digits, `-`, `.`, `_`, `~` and `/`, such as `/health`",
  }));
}

function readHost({ value }: Entry, problems: Problems): string | undefined {
  if (value.text === "*" || parseIpv4(value.text) !== undefined) return value.text;
  return problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_ADDRESS",
    message: `${quote(value.text)} is not an address to listen on`,
    hint: "write `*` for every address, or one IPv4 address",
  }));
}
