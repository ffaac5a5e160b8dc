import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Diagnostic, MirageError } from "@mirage/diagnostics";
import { systemEnv } from "./query.js";
import type { NetworkRequest } from "./request.js";

interface Program {
  readonly name: string;
  /** Debian's package that has it. */
  readonly package: string;
  readonly purpose: string;
  /** How to do without it. */
  readonly without?: string;
}

/**
 * Says what the network takes that this process or machine does not have, before anything is done.
 * @throws MirageError `ERR_MIRAGE_NETWORK_PRIVILEGE`, `ERR_MIRAGE_NETWORK_PROGRAM`; with details if
 * both
 */
export function checkRequirements(request: NetworkRequest): void {
  const programs = programsFor(request);
  const problems = [
    ...(mayAdministrate() ? [] : [privilege(request)]),
    ...missing(programs.filter(({ name }) => findProgram(name) === undefined)),
  ];
  const [first, ...others] = problems;
  if (!first) return;
  const { code, message, hint } = first;
  if (others.length === 0) throw new MirageError(code, message, hint === undefined ? {} : { hint });
  throw new MirageError(code, `${request.bridge} cannot be set up here`, { details: problems });
}

/** The path of a program, or its name if it is not there. */
export function programPath(name: string): string {
  return findProgram(name) ?? name;
}

function programsFor({ masquerade, dhcp }: NetworkRequest): Program[] {
  const ip = { name: "ip", package: "iproute2", purpose: "makes the bridge" };
  const nft = {
    name: "nft",
    package: "nftables",
    purpose: "masquerades",
    without: "--no-masquerade",
  };
  const dnsmasq = {
    name: "dnsmasq",
    package: "dnsmasq-base",
    purpose: "gives addresses to guests",
    without: "--no-dhcp",
  };
  return [ip, ...(masquerade ? [nft] : []), ...(dhcp ? [dnsmasq] : [])];
}

function missing(programs: readonly Program[]): Diagnostic[] {
  if (programs.length === 0) return [];
  const what = programs.map(({ name, purpose }) => `\`${name}\`, which ${purpose}`).join(", and ");
  const packages = programs.map((program) => program.package).join(" ");
  const without = programs.flatMap((program) => program.without ?? []);
  const other = without.length > 0 ? `; or do without: ${without.join(" ")}` : "";
  return [
    {
      code: "ERR_MIRAGE_NETWORK_PROGRAM",
      severity: "error",
      message: `this machine lacks ${what}`,
      hint: `install with: sudo apt-get install ${packages}${other}`,
    },
  ];
}

function privilege({ bridge, masquerade, dhcp }: NetworkRequest): Diagnostic {
  const reasons = [
    `changes the bridge ${bridge}`,
    ...(masquerade ? ["switches IPv4 forwarding", "changes a table of nftables"] : []),
    ...(dhcp ? ["starts or ends a DHCP server"] : []),
  ];
  return {
    code: "ERR_MIRAGE_NETWORK_PRIVILEGE",
    severity: "error",
    message: `this needs root (CAP_NET_ADMIN), as it ${reasons.join(", ")}`,
    hint: "run it with sudo; --dry-run shows every step and needs no privileges",
  };
}

const capNetAdmin = 12n;

/** Whether programs that this process starts may change the network; capabilities(7). */
function mayAdministrate(): boolean {
  const status = readFileSync("/proc/self/status", "utf8");
  const has = (set: string) => {
    const [, mask = "0"] = new RegExp(`^${set}:\\s*([0-9a-f]+)$`, "m").exec(status) ?? [];
    return ((BigInt(`0x${mask}`) >> capNetAdmin) & 1n) === 1n;
  };
  return process.geteuid?.() === 0 ? has("CapEff") : has("CapAmb");
}

function findProgram(name: string): string | undefined {
  return systemEnv()
    .PATH.split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
