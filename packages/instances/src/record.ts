import { basename, dirname, join } from "node:path";
import { readInside, writeFileAtomically } from "@mirage/plan";
import type { ProcessIdentity } from "./identity.js";

/** A port of this machine that leads to one of the unikernel. */
export interface Published {
  readonly protocol: "tcp" | "udp";
  readonly host: string;
  readonly hostPort: number;
  readonly port: number;
}

/** The domain that a unikernel on Xen is. */
export interface XenDomain {
  /** `[user@]host` of another machine; this one without it. */
  readonly host?: string;
  readonly id: number;
  readonly name: string;
}

/** Whether a program does its work. */
export interface HealthState {
  readonly state: "healthy" | "unhealthy";
  /** What is wrong, in words. */
  readonly problem?: string;
}

/** The record of an instance, written by its supervising process for every command that asks. */
export interface InstanceRecord {
  readonly name: string;
  /** Name of the target, such as `unix-direct`. */
  readonly target: string;
  /** The .conf file, absolute. */
  readonly conf: string;
  /** The process that started the unikernel and follows it: `mirage run`. */
  readonly supervisor: ProcessIdentity;
  /** When it was started: ISO 8601, UTC. */
  readonly since: string;
  readonly phase: "starting" | "running" | "ended";
  /** Whether its output goes to a file, and not to a terminal. */
  readonly isDetached: boolean;
  readonly published: readonly Published[];
  readonly address?: string;
  readonly domain?: XenDomain;
  /** Whether somebody has it pause. */
  readonly isPaused?: boolean;
  /** As it was found at the last look; nothing where nobody looks, or before its first answer. */
  readonly health?: HealthState;
  /** How often it was started again. */
  readonly restarts?: number;
  /** How it ended. */
  readonly exit?: { readonly code: number; readonly at: string };
}

const format = 1;

/** How long, in milliseconds, a folder may lack the record that its maker is about to write. */
export const recordMs = 5_000;

/** A record has a few lines. */
const mostBytes = 256 * 1024;

export function recordFile(folder: string): string {
  return join(folder, "instance.json");
}

export async function writeRecord(folder: string, record: InstanceRecord): Promise<void> {
  const text = `${JSON.stringify({ format, ...record }, undefined, 2)}\n`;
  await writeFileAtomically(recordFile(folder), text);
}

/** The record of a folder; nothing if it has none, or not one that this mirage understands. */
export async function readRecord(folder: string): Promise<InstanceRecord | undefined> {
  try {
    const { format: found, ...record } = JSON.parse(textOf(folder));
    return found === format && isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Root reads what users wrote as well: neither a link nor a pipe of theirs leads it astray. */
function textOf(folder: string): string {
  const bytes = readInside(dirname(folder), `${basename(folder)}/${basename(recordFile(folder))}`, {
    limit: mostBytes,
  });
  return bytes?.toString("utf8") ?? "";
}

function isRecord(value: Partial<InstanceRecord>): value is InstanceRecord {
  const { name, target, conf, supervisor, since, phase, published } = value;
  return (
    [name, target, conf, since].every((text) => typeof text === "string") &&
    Number.isInteger(supervisor?.pid) &&
    (phase === "starting" || phase === "running" || phase === "ended") &&
    Array.isArray(published)
  );
}
