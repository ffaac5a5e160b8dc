import { MirageError } from "@mirage/diagnostics";
import {
  findInstance,
  type Instance,
  isAlive,
  type LogMessage,
  listInstances,
  logFile,
  type MessageFilter,
  messageLevels,
  passes,
  readLog,
  readMessages,
} from "@mirage/instances";
import { remoteLauncher } from "@mirage/launch";
import { interruptible } from "@mirage/plan";
import { print } from "../terminal/terminal.js";

interface LogsOptions {
  readonly follow?: true;
  readonly lines?: number;
  readonly host?: string;
  /** Messages of this level of the library Logs, and those that matter more. */
  readonly level?: string;
  /** Messages from then on: a time, or how long ago. */
  readonly since?: string;
  readonly json?: true;
}

/** `mirage logs`: what an instance has printed, and prints. */
export async function logs(name: string, options: LogsOptions): Promise<void> {
  const filter = filterOf(options);
  if (options.host !== undefined) {
    if (filter || options.json) {
      throw new MirageError(
        "ERR_MIRAGE_USAGE",
        "--level, --since and --json are for logs of this machine",
        {
          hint: "leave --host out, or these",
          exitCode: 2,
        },
      );
    }
    const { host, follow = false } = options;
    const { remote } = await remoteLauncher();
    const output = (chunk: Uint8Array) => void process.stdout.write(chunk);
    await interruptible((signal) => remote.logs(host, name, { follow, signal, output }));
    return;
  }
  const instance = findInstance(name, await listInstances());
  if (!instance.isDetached) {
    throw new MirageError(
      "ERR_MIRAGE_INSTANCE_NO_LOG",
      `${name} prints to the terminal where it was started`,
      { hint: "what is started with `mirage run --detach` has a log" },
    );
  }
  await interruptible((signal) => showLog(instance, options, filter, signal));
}

function asJson({ raw, ...message }: LogMessage): string {
  return JSON.stringify(message);
}

function filterOf({ level, since }: LogsOptions): MessageFilter | undefined {
  if (level === undefined && since === undefined) return undefined;
  const least = messageLevels.find((known) => known === level);
  if (level !== undefined && least === undefined) {
    throw new MirageError("ERR_MIRAGE_USAGE", `--level ${level}: there is no such level`, {
      hint: `there are ${messageLevels.join(", ")}`,
      exitCode: 2,
    });
  }
  return {
    ...(least === undefined ? {} : { level: least }),
    ...(since === undefined ? {} : { since: timeOf(since) }),
  };
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function timeOf(text: string): number {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const time = count
    ? Date.now() - Number(count) * (unitSeconds[unit] ?? 0) * 1000
    : /^\d{4}-\d{2}-\d{2}/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new MirageError("ERR_MIRAGE_USAGE", `--since ${text}: that is no time`, {
    hint: "write how long ago, such as `10m` or `2h`, or a time such as `2026-03-01T12:00:00Z`",
    exitCode: 2,
  });
}

async function showLog(
  instance: Instance,
  { follow, lines, json }: LogsOptions,
  filter: MessageFilter | undefined,
  signal: AbortSignal,
): Promise<void> {
  const goOn = async () => follow === true && isAlive(instance.supervisor);
  const limit = lines === undefined ? {} : { lines };
  try {
    const chunks = readLog(logFile(instance.folder), { goOn, signal, ...limit });
    if (filter || json) {
      for await (const message of readMessages(chunks)) {
        if (passes(message, filter ?? {})) print(json ? asJson(message) : message.raw);
      }
    } else {
      for await (const chunk of chunks) process.stdout.write(chunk);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
    const { name, user } = instance;
    throw new MirageError("ERR_MIRAGE_INSTANCE_PERMISSION", `the log of ${name} is ${user}'s`, {
      cause: error,
      hint: `\`sudo mirage logs ${name}\` shows it`,
    });
  }
}
