import { quote } from "@mirage/diagnostics";
import { acmeEntries, readAcme } from "./acme.js";
import type { Https, PemSource, Written } from "./configuration.js";
import type { DeviceTable } from "./devices.js";
import { readPort } from "./port.js";
import type { Problems } from "./problems.js";
import { type Entry, type RawConf, whole } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

const httpsKeys = [
  "https-port",
  "https-certificate",
  "https-key",
  "https-redirect",
  "https-hsts",
  "https-acme",
] as const;

/** The entries of all `https-*` keys that a server uses. */
export function httpsEntries(raw: RawConf): Entry[] {
  const entries = httpsKeys.map((key) => raw.plain.get(key)).filter((entry) => entry !== undefined);
  return [...entries, ...acmeEntries(raw)];
}

type HttpsKey = (typeof httpsKeys)[number];

/** The `https-*` keys, of which `https-port` turns HTTPS on. */
export function readHttps(
  raw: RawConf,
  devices: DeviceTable,
  problems: Problems,
  spanOf: SpanOf,
): Https | undefined {
  const port = raw.plain.get("https-port");
  const acme = readAcme(raw, devices, problems, spanOf);
  function read<T>(
    key: HttpsKey,
    convert: (entry: Entry, problems: Problems) => T | undefined,
  ): Written<T> | undefined {
    const entry = raw.plain.get(key);
    if (!entry) return undefined;
    const value = convert(entry, problems);
    return value === undefined ? undefined : { value, span: spanOf(entry.value) };
  }
  const pem = (entry: Entry) => readSource(entry, devices, problems);
  const number = read("https-port", readPort);
  const certificate = read("https-certificate", pem);
  const key = read("https-key", pem);
  const redirect = read("https-redirect", readBoolean);
  const hsts = read("https-hsts", readSeconds);
  checkPair(raw, problems);
  if (key?.value.kind === "fs") warnCompiledKey(raw.plain.get("https-key"), problems);
  if (port === undefined) warnWithoutPort(raw, problems);
  checkPorts(raw, problems);
  if (number === undefined) return undefined;
  return {
    port: number,
    ...(acme ? { acme } : {}),
    ...(certificate && key ? { identity: { certificate, key } } : {}),
    ...(redirect ? { redirect } : {}),
    ...(hsts ? { hsts } : {}),
  };
}

/** `NAME/FILE` of a declared folder, or `NAME` of a declared block device. */
function readSource(
  { key, value }: Entry,
  devices: DeviceTable,
  problems: Problems,
): PemSource | undefined {
  const slash = value.text.indexOf("/");
  const name = slash === -1 ? value.text : value.text.slice(0, slash);
  const path = slash === -1 ? "" : value.text.slice(slash + 1);
  const kind = devices.get(name);
  if (kind === "fs" && path !== "") return { kind, name, path };
  if (kind === "block" && slash === -1) return { kind, name, path };
  const option = key.text.slice("https-".length);
  return problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_HTTPS",
    message:
      kind === undefined
        ? `${quote(name)} is no folder and no block device of this file`
        : `${quote(value.text)} does not say where the ${option} lies`,
    hint:
      `write \`NAME/FILE\` for a file of the folder \`fs-NAME\`, which is compiled in, ` +
      "or `NAME` for the text on the disk `block-NAME`",
  }));
}

function readBoolean({ value }: Entry, problems: Problems): boolean | undefined {
  if (value.text === "true" || value.text === "false") return value.text === "true";
  return problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_HTTPS",
    message: `${quote(value.text)} is neither \`true\` nor \`false\``,
    hint: "write `https-redirect: true`, and HTTP only sends clients to HTTPS",
  }));
}

/** As many as an int of OCaml has on any target. */
const mostSeconds = 2 ** 30 - 1;

function readSeconds({ value }: Entry, problems: Problems): number | undefined {
  const seconds = /^[0-9]{1,10}$/.test(value.text) ? Number(value.text) : -1;
  if (seconds >= 0 && seconds <= mostSeconds) return seconds;
  return problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_HTTPS",
    message: `${quote(value.text)} is not a number of seconds`,
    hint: "write for how long clients shall use HTTPS only, such as 31536000 for a year",
  }));
}

function checkPair(raw: RawConf, problems: Problems): void {
  const certificate = raw.plain.get("https-certificate");
  const key = raw.plain.get("https-key");
  if ((certificate === undefined) === (key === undefined)) return;
  const [alone, other] = certificate ? [certificate, "https-key"] : [key, "https-certificate"];
  if (!alone) return;
  problems.error(whole(alone), () => ({
    code: "ERR_MIRAGE_CONF_HTTPS",
    message: `${quote(alone.key.text)} needs \`${other}\``,
    hint: "write both, or neither: the program then makes a self-signed certificate",
  }));
}

function warnCompiledKey(entry: Entry | undefined, problems: Problems): void {
  if (!entry) return;
  problems.warning(whole(entry), () => ({
    code: "ERR_MIRAGE_CONF_HTTPS_KEY",
    message:
      "the private key becomes a part of the program: anyone who has the program has the key",
    hint: "put it on a disk of its own, `https-key: NAME` with `block-NAME`",
  }));
}

function warnWithoutPort(raw: RawConf, problems: Problems): void {
  for (const entry of httpsEntries(raw)) {
    problems.warning(whole(entry), () => ({
      code: "ERR_MIRAGE_CONF_UNUSED",
      message: `${quote(entry.key.text)} has no effect without \`https-port\``,
      hint: "add `https-port: 443`",
    }));
  }
}

function checkPorts(raw: RawConf, problems: Problems): void {
  const http = raw.plain.get("http-port");
  const https = raw.plain.get("https-port");
  if (!http || !https || http.value.text !== https.value.text) return;
  problems.error(https.value, () => ({
    code: "ERR_MIRAGE_CONF_HTTPS",
    message: `port ${https.value.text} is that of \`http-port\` already`,
    hint: "HTTP and HTTPS need a port each, such as 80 and 443",
  }));
}
