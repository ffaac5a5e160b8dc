import { type ErrorCode, MirageError } from "@mirage/diagnostics";
import { checkPart, readChoice, readCount } from "./specification.js";
import { formatVifRate, parseVifRate, type VifRate } from "./vif-rate.js";

/** A network interface of a guest: one string of the `vif` list, xl-network-configuration(5). */
export interface Vif {
  /** Six bytes, such as `00:16:3e:00:00:02`; without it xl draws one at each start. */
  readonly mac?: string;
  /** Bridge of the host; without it xl takes `xenbr0`. */
  readonly bridge?: string;
  /** For the host's scripts; the guest does not learn it. */
  readonly ip?: string;
  /** HVM guests: with an emulated card beside (`ioemu`, the default) or without one. */
  readonly type?: "ioemu" | "vif";
  /** HVM guests: the emulated card. */
  readonly model?: string;
  /** Name of the host's side. */
  readonly vifname?: string;
  /** Program that sets up the host's side. */
  readonly script?: string;
  /** Domain that has the other side; without it, domain 0. */
  readonly backend?: string;
  /** For the script `vif-route`. */
  readonly gatewaydev?: string;
  /** Limit of what the guest sends. */
  readonly rate?: VifRate;
  /** Number of the device, where it is not its place in the list. */
  readonly devid?: number;
  /** Bytes. */
  readonly mtu?: number;
  /** Whether the guest should trust the host's side. */
  readonly trusted?: boolean;
  /** Parameters that are not known here. */
  readonly other?: Readonly<Record<string, string>>;
}

const code: ErrorCode = "ERR_MIRAGE_XL_VIF";

const plainKeys = [
  "bridge",
  "ip",
  "model",
  "vifname",
  "script",
  "backend",
  "gatewaydev",
] as const satisfies readonly (keyof Vif)[];

type Draft = { -readonly [Key in keyof Vif]: Vif[Key] };

/**
 * Reads a string of the `vif` list; of a parameter given twice the last one counts.
 * @throws MirageError `ERR_MIRAGE_XL_VIF`
 */
export function parseVif(text: string): Vif {
  const vif: Draft = {};
  const other: Record<string, string> = {};
  for (const part of text.split(",")) {
    const parameter = part.replace(/^ +/, "");
    if (parameter === "") continue;
    const equals = parameter.indexOf("=");
    if (equals === -1) readFlag(vif, parameter);
    else readParameter(vif, other, parameter.slice(0, equals), parameter.slice(equals + 1));
  }
  return Object.keys(other).length > 0 ? { ...vif, other } : vif;
}

function readFlag(vif: Draft, flag: string): void {
  if (flag !== "trusted" && flag !== "untrusted") {
    throw new MirageError(code, `\`${flag}\` is not a parameter of a network interface`, {
      hint: "parameters are written `key=value`, such as `bridge=xenbr0`",
    });
  }
  vif.trusted = flag === "trusted";
}

function readParameter(
  vif: Draft,
  other: Record<string, string>,
  key: string,
  value: string,
): void {
  const plain = plainKeys.find((known) => known === key);
  if (plain) vif[plain] = value;
  else if (key === "mac") vif.mac = checkMac(value);
  else if (key === "type") vif.type = readChoice(code, "`type`", value, ["ioemu", "vif"]);
  else if (key === "rate") vif.rate = parseVifRate(value);
  else if (key === "devid") vif.devid = readCount(code, "`devid`", value);
  else if (key === "mtu") vif.mtu = readCount(code, "`mtu`", value);
  else if (key === "netdev") vif.gatewaydev = value;
  else other[key] = value;
}

/** xl goes on with whatever it understood of a wrong address, so it is looked at closely. */
function checkMac(text: string): string {
  const first = Number.parseInt(text.slice(0, 2), 16);
  const isWrong = !/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(text);
  if (!isWrong && (first & 1) === 0) return text;
  const problem = isWrong ? "is not a MAC address" : "is a multicast address";
  throw new MirageError(code, `\`${text}\` ${problem}`, {
    hint: "write six bytes, such as 00:16:3e:00:00:02; the first one is even",
  });
}

/**
 * A string for the `vif` list, which reads back as the same.
 * @throws MirageError `ERR_MIRAGE_XL_VIF` for a value that cannot be written, such as one with a comma
 */
export function printVif(vif: Vif): string {
  const parts: [string, string | number | undefined][] = [
    ["mac", vif.mac && checkMac(vif.mac)],
    ...plainKeys.map((key): [string, string | undefined] => [key, vif[key]]),
    ["type", vif.type],
    ["rate", vif.rate && formatVifRate(vif.rate)],
    ["devid", vif.devid],
    ["mtu", vif.mtu],
    ...Object.entries(vif.other ?? {}),
  ];
  const written = parts.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${checkPart(code, `\`${key}\``, String(value))}`],
  );
  const flags = vif.trusted === undefined ? [] : [vif.trusted ? "trusted" : "untrusted"];
  return [...written, ...flags].join(",");
}
