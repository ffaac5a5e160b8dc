import { accessSync, constants, existsSync, readFileSync, readlinkSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import type { NetworkRequest } from "./request.js";

/**
 * What mirage set up, or was about to: the file is written before anything is changed, so that
 * recovery after a crash knows what may be there.
 */
export interface NetworkState {
  /** Of the boot that this belongs to; no network outlives it. */
  readonly bootId: string;
  readonly request: NetworkRequest;
  /** What was not there before, and is to be gone again. */
  readonly made: {
    readonly bridge: boolean;
    readonly address: boolean;
    readonly taps: readonly string[];
    /** TAP devices that were there and were connected. */
    readonly ports: readonly string[];
    /** Interfaces that were there and were switched on. */
    readonly up: readonly string[];
  };
  /** Kernel settings below /proc/sys/net/ipv4 as they were before forwarding was switched on. */
  readonly before?: Readonly<Record<string, string>>;
}

/**
 * `/run/mirage/network/NAMESPACE` for root, and for everybody who looks at what root has set up; else
 * `$XDG_STATE_HOME/mirage/network/NAMESPACE`. Every network namespace has its own networks.
 */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  const [, namespace = "0"] = /\[(\d+)\]/.exec(readlinkSync("/proc/self/ns/net")) ?? [];
  const below = (base: string) => join(base, "mirage", "network", namespace);
  if (isWritable("/run") || existsSync(below("/run"))) return below("/run");
  const { XDG_STATE_HOME: given, HOME: home } = env;
  return below(given?.startsWith("/") ? given : join(home ?? homedir(), ".local", "state"));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The files that belong to a bridge. */
export function filesOf(folder: string, bridge: string) {
  const file = (suffix: string) => join(folder, `${bridge}.${suffix}`);
  return {
    state: file("json"),
    pid: file("dnsmasq.pid"),
    leases: file("leases"),
    log: file("dnsmasq.log"),
  };
}

/** This boot, as the kernel names it. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** What is noted of a bridge; nothing if there is nothing, or it is of an earlier boot. */
export async function readState(folder: string, bridge: string): Promise<NetworkState | undefined> {
  const file = filesOf(folder, bridge).state;
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const state = parseState(text, file);
  return state.bootId === bootId() ? state : undefined;
}

/** The bridges of which something is noted. */
export async function notedBridges(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const bridges = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));
  const states = await Promise.all(bridges.map((bridge) => readState(folder, bridge)));
  return bridges.filter((_, index) => states[index] !== undefined).sort();
}

export function printState(state: NetworkState): string {
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

function parseState(text: string, file: string): NetworkState {
  try {
    const state = JSON.parse(text) as NetworkState;
    if (typeof state.bootId === "string" && state.request.bridge && state.made) return state;
  } catch {
    // said below
  }
  throw new MirageError("ERR_MIRAGE_NETWORK_STATE", `${file} is damaged`, {
    hint: "remove it, and what it was about: look at `ip address` and `nft list tables`",
  });
}
