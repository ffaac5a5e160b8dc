import {
  type Configuration,
  isSameNetwork,
  netmaskOf,
  parseIpv4,
  prefixLength,
} from "@mirage/conf";
import type { Addressing } from "@mirage/runner";
import type { RunFlags } from "./launcher.js";

/** What a program is told when it starts. */
export type Told = Pick<RunFlags, "args" | "environment">;

/**
 * The value that a program will find for an argument: the last on its command line, or that of the
 * variable `ARGUMENT_NAME`; as `Argument` of runtime-operations reads them.
 */
export function toldArgument(
  { args = [], environment = {} }: Told,
  name: string,
): string | undefined {
  const end = args.indexOf("--");
  const words = end === -1 ? args : args.slice(0, end);
  const values = words.flatMap((word, i) => {
    if (word.startsWith(`--${name}=`)) return [word.slice(name.length + 3)];
    const next = words[i + 1];
    return word === `--${name}` && next !== undefined && !next.startsWith("--") ? [next] : [];
  });
  return values.at(-1) ?? environment[`ARGUMENT_${name.toUpperCase().replaceAll("-", "_")}`];
}

/** The port of the web server. */
export function httpPort({ http }: Configuration, told: Told): number | undefined {
  return http && toldPort(told, "http-port", http.port.value);
}

/** The ports of which it is known that the program listens there, but for HTTPS. */
export function servedPorts(configuration: Configuration, told: Told): number[] {
  const { metricsPort } = configuration;
  const web = httpPort(configuration, told);
  return [
    ...(web === undefined ? [] : [web]),
    ...(metricsPort ? [toldPort(told, "metrics-port", metricsPort.value)] : []),
  ];
}

function toldPort(told: Told, name: string, written: number): number {
  const port = Number(toldArgument(told, name) ?? written);
  return Number.isInteger(port) ? port : written;
}

/** The address of the default interface; nothing for what the program will refuse, or has no gateway. */
export function addressing(
  { address: written }: Configuration,
  told: Told,
): Addressing | undefined {
  const [wanted, bits] = (toldArgument(told, "ip-address") ?? "").split("/", 2);
  if (wanted === "dhcp") return { kind: "dhcp" };
  const isDhcp = written.kind === "dhcp";
  if (isDhcp && !wanted) return { kind: "dhcp" };
  const address = wanted || (isDhcp ? undefined : written.address.value);
  const netmask =
    bits === undefined
      ? (toldArgument(told, "ip-netmask") ?? (isDhcp ? undefined : written.netmask.value))
      : maskOf(Number(bits));
  const gateway = toldArgument(told, "ip-gateway") ?? (isDhcp ? undefined : written.gateway.value);
  if (address === undefined || netmask === undefined || gateway === undefined) return undefined;
  const [own, mask, router] = [address, netmask, gateway].map(parseIpv4);
  const prefix = mask && prefixLength(mask);
  if (!own || !router || prefix === undefined) return undefined;
  return prefix === 32 || isSameNetwork(own, router, prefix)
    ? { kind: "static", address, netmask, gateway }
    : undefined;
}

function maskOf(bits: number): string | undefined {
  return bits >= 1 && bits <= 32 ? netmaskOf(bits).toString() : undefined;
}
