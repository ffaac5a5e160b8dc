import { once } from "node:events";
import { lstat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { MirageError } from "@mirage/diagnostics";
import { withSocketPath } from "@mirage/plan";
import type { Instance } from "./list.js";

/** Where a program that runs is asked: a Unix socket, which `ControlServer` of the runner serves. */
export function controlSocket(folder: string): string {
  return join(folder, "control");
}

/** What has to be known of an instance whose program is asked. */
export type AskedInstance = Pick<Instance, "name" | "user" | "status" | "folder">;

/** What a program answers: an object of JSON. */
export type ControlAnswer = Readonly<Record<string, unknown>>;

export interface Asked {
  /** Milliseconds until the last answer; a request that goes on has none. */
  readonly timeoutMs?: number;
  /** Gets what comes before the last answer. */
  readonly onMore?: (data: Buffer) => void;
  /** Stops a request that goes on: its last answer still comes. */
  readonly signal?: AbortSignal;
}

/** An answer takes no more octets. */
const mostOctets = 64 * 1024 * 1024;

/**
 * Asks the program of an instance, such as `stats`.
 * @throws MirageError `ERR_MIRAGE_CONTROL_ENDED`, `ERR_MIRAGE_CONTROL_PERMISSION`,
 * `ERR_MIRAGE_CONTROL_SILENT`, `ERR_MIRAGE_CONTROL_REFUSED` for what the program says against it
 */
export async function askInstance(
  instance: AskedInstance,
  request: string,
  { timeoutMs, onMore = () => {}, signal }: Asked = {},
): Promise<ControlAnswer> {
  const path = controlSocket(instance.folder);
  if (!(await isSocket(path))) throw ended(instance);
  const socket = withSocketPath(path, (short) => connect({ path: short, allowHalfOpen: true }));
  const stop = () => void socket.end();
  const late = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  try {
    await once(socket, "connect");
    socket.write(`${request}\n`);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    late?.addEventListener("abort", () => socket.destroy(silent(instance)), { once: true });
    return await answerOf(instance, socket, onMore);
  } catch (error) {
    throw explained(instance, error);
  } finally {
    signal?.removeEventListener("abort", stop);
    socket.destroy();
  }
}

async function answerOf(
  instance: AskedInstance,
  socket: NodeJS.ReadableStream,
  onMore: (data: Buffer) => void,
): Promise<ControlAnswer> {
  const failed = once(socket, "error").then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  const read = async () => {
    for await (const line of createInterface({ input: socket })) {
      const [word = ""] = line.split(" ", 1);
      const text = line.slice(word.length + 1);
      if (line.length > mostOctets) break;
      if (word === "more") onMore(Buffer.from(text, "base64"));
      else if (word === "ok") return readAnswer(instance, text);
      else throw refused(instance, text);
    }
    throw ended(instance);
  };
  return Promise.race([read(), failed]);
}

function readAnswer(instance: AskedInstance, text: string): ControlAnswer {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null) return answer as ControlAnswer;
  } catch {
    // it is told below
  }
  throw refused(instance, "it answers in an unknown way");
}

/** Not lstatSync: after that of a socket, Node.js does not follow links to the modules that it imports. */
async function isSocket(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSocket() === true;
}

function explained(instance: AskedInstance, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED" || code === "ENOENT" || code === "ECONNRESET") return ended(instance);
  if (code === "EACCES" || code === "EPERM") {
    const { name, user } = instance;
    return new MirageError("ERR_MIRAGE_CONTROL_PERMISSION", `${name} belongs to ${user}`, {
      hint: user === "root" ? "ask as root: `sudo mirage …`" : `only ${user} and root may ask it`,
    });
  }
  return error;
}

function ended({ name, status }: AskedInstance): MirageError {
  return status === "ended" || status === "lost"
    ? new MirageError("ERR_MIRAGE_CONTROL_ENDED", `${name} has ended`, {
        hint: "`mirage ps` lists what runs",
      })
    : new MirageError("ERR_MIRAGE_CONTROL_ENDED", `${name} cannot be asked`, {
        hint: "it is starting or ending, or its target answers nobody yet",
      });
}

function silent({ name }: AskedInstance): MirageError {
  return new MirageError("ERR_MIRAGE_CONTROL_SILENT", `${name} does not answer`, {
    hint: "it is busy, or was built by an older mirage: configure and build it again",
  });
}

function refused({ name }: AskedInstance, why: string): MirageError {
  return new MirageError("ERR_MIRAGE_CONTROL_REFUSED", `${name}: ${why}`);
}
