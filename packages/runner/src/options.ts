import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { PublishedPorts } from "./published-ports.js";
import type { Sandbox } from "./sandbox.js";

/** How the unikernel gets its IPv4 address. */
export type Addressing = StaticAddressing | { readonly kind: "dhcp" };

/** Dotted quads; this machine's side gets the gateway's address. */
export interface StaticAddressing {
  readonly kind: "static";
  readonly address: string;
  readonly netmask: string;
  readonly gateway: string;
}

/** What is written to the monitor of a virtual machine, with the ends of lines. */
export interface MonitorTexts {
  /** Asks the guest to end. */
  readonly end: string;
  readonly pause: string;
  readonly resume: string;
}

/** A network device of the unikernel. */
export interface NetworkOptions {
  /** Its name in the unikernel: `net` is the default device. */
  readonly device: string;
  /** TAP device of this machine: an existing persistent one, or the name of a new one. */
  readonly tap?: string;
  /** The unikernel's MAC address; by default one derived from host, binary and device. */
  readonly mac?: string;
  /** Without it, this machine's side gets no address. */
  readonly addressing?: Addressing;
}

export interface RunOptions {
  /** `direct`: its own TCP/IP stack on TAP devices. `socket`: this machine's sockets. */
  readonly mode: "direct" | "socket";
  /** Path of the program. */
  readonly binary: string;
  /**
   * `%{fd:DEVICE}` and `%{mac:DEVICE}` stand for a network device's descriptor and address,
   * `%{status}`, `%{monitor}` and `%{control}` for the descriptors of its pipes.
   */
  readonly args?: readonly string[];
  /** What the program obeys when it comes out of its monitor's pipe; without, it gets signals. */
  readonly monitor?: MonitorTexts;
  /** Path of a Unix socket on which this user can ask the program: see `ControlServer`. */
  readonly control?: string;
  /** Folder in which it runs; default: the current one. */
  readonly cwd?: string;
  /** Added to what the sandbox leaves of the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it may do beyond its devices. Default: `strict`. */
  readonly sandbox?: Sandbox;
  /** Files that it opens, by the paths that it knows them by: they start at its folder. */
  readonly files?: readonly string[];
  /** Direct mode: the unikernel's network devices. Default: none, or `net` when publishing. */
  readonly networks?: readonly NetworkOptions[];
  /**
   * Direct mode: `HOST:PORT` of `parsePublish`; runs it in a private network namespace. Ports that
   * are there already stay open when the unikernel ends.
   */
  readonly publish?: readonly string[] | PublishedPorts;
  /** Refuse a taken port of this machine instead of taking the next free one. */
  readonly strictPort?: boolean;
  /** Socket mode: TCP ports on which the unikernel is known to listen. */
  readonly ports?: readonly number[];
  /** Milliseconds between a request to end and SIGKILL. Default: 5000. */
  readonly graceMs?: number;
  /** Milliseconds that early connections to a published port wait. Default: 10000. */
  readonly startTimeoutMs?: number;
  /** Gets what the unikernel prints; without it, that goes to stdout and stderr of this process. */
  readonly onOutput?: (chunk: Buffer, stream: "stdout" | "stderr") => void;
  /** Pass SIGINT, SIGTERM and SIGHUP of this process on to the unikernel. Default: true. */
  readonly forwardSignals?: boolean;
}

/** A network device with everything decided; plain data. */
export interface NetworkSpec {
  readonly device: string;
  readonly tap?: string;
  readonly mac: string;
  readonly addressing?: Addressing;
}

/** What a run in one network namespace needs; plain data, so that it can cross into another. */
export interface LocalSpec {
  readonly mode: "direct" | "socket";
  readonly binary: string;
  readonly args: readonly string[];
  readonly monitor?: MonitorTexts;
  readonly control?: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  readonly files: readonly string[];
  readonly networks: readonly NetworkSpec[];
  /** Whether to run a DHCP server for the networks that ask for one. */
  readonly serveDhcp: boolean;
  readonly ports: readonly number[];
}

/** Options with their defaults, checked. */
export interface RunSpec {
  readonly local: LocalSpec;
  /** Without any, the unikernel runs in this process's network. */
  readonly ports: PublishedPorts;
  /** Whether the ports are closed when the unikernel ends. */
  readonly ownsPorts: boolean;
  readonly graceMs: number;
  readonly startTimeoutMs: number;
}

/** Addresses of the tool of 2013, when the configuration has none. */
export const defaultAddressing: StaticAddressing = {
  kind: "static",
  address: "10.0.0.2",
  netmask: "255.255.255.0",
  gateway: "10.0.0.1",
};

/**
 * Checks the options and decides what they leave open.
 * @throws MirageError `ERR_MIRAGE_RUN_PUBLISH*`
 */
export function resolveOptions(options: RunOptions): RunSpec {
  const { publish = [], strictPort = false } = options;
  const ownsPorts = !(publish instanceof PublishedPorts);
  const ports = ownsPorts ? new PublishedPorts(publish, { strictPort }) : publish;
  const isPublished = ports.publications.length > 0;
  if (options.mode === "socket" && isPublished) {
    throw new MirageError(
      "ERR_MIRAGE_RUN_PUBLISH_SOCKET",
      "a unikernel for --socket listens on this machine itself: there is nothing to publish",
      { hint: "leave --publish out, or configure with --unix and build again", exitCode: 2 },
    );
  }
  const binary = resolve(options.cwd ?? ".", options.binary);
  return {
    local: {
      mode: options.mode,
      binary,
      args: options.args ?? [],
      ...(options.monitor === undefined ? {} : { monitor: options.monitor }),
      ...(options.control === undefined ? {} : { control: options.control }),
      cwd: resolve(options.cwd ?? "."),
      env: options.env ?? {},
      sandbox: options.sandbox ?? "strict",
      files: options.files ?? [],
      networks:
        options.mode === "socket"
          ? []
          : networksOf(options, isPublished).map((network) => ({
              ...network,
              mac: network.mac ?? stableMac(binary, network.device),
            })),
      serveDhcp: isPublished,
      ports: options.ports ?? [],
    },
    ports,
    ownsPorts,
    graceMs: options.graceMs ?? 5000,
    startTimeoutMs: options.startTimeoutMs ?? 10_000,
  };
}

/** Publishing needs a default device with an address, whatever else there is. */
function networksOf(
  { networks = [] }: RunOptions,
  isPublished: boolean,
): readonly NetworkOptions[] {
  if (!isPublished || networks.some(({ device }) => device === "net")) return networks;
  return [{ device: "net", addressing: defaultAddressing }, ...networks];
}

/** A locally administered address that stays the same from run to run, for DHCP and ARP caches. */
function stableMac(binary: string, device: string): string {
  const hash = createHash("sha256").update(`${hostname()}\0${binary}\0${device}`).digest();
  return [
    "02",
    ...Array.from(hash.subarray(0, 5), (byte) => byte.toString(16).padStart(2, "0")),
  ].join(":");
}
