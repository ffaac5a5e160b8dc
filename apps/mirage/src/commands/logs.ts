import { MirageError } from "@mirage/diagnostics";
import {
  findInstance,
  type Instance,
  isAlive,
  listInstances,
  logFile,
  readLog,
} from "@mirage/instances";
import { openConsole, sshHost } from "@mirage/xl/host";
import { interruptible } from "../terminal/perform.js";

interface LogsOptions {
  readonly follow?: true;
  readonly lines?: number;
  readonly host?: string;
}

/** `mirage logs`: what an instance has printed, and prints. */
export async function logs(name: string, options: LogsOptions): Promise<void> {
  if (options.host !== undefined) {
    await showConsole(name, options.host, options.follow === true);
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
  await interruptible((signal) => showLog(instance, options, signal));
}

async function showLog(
  instance: Instance,
  { follow, lines }: LogsOptions,
  signal: AbortSignal,
): Promise<void> {
  const goOn = async () => follow === true && isAlive(instance.keeper);
  const limit = lines === undefined ? {} : { lines };
  try {
    for await (const chunk of readLog(logFile(instance.folder), { goOn, signal, ...limit })) {
      process.stdout.write(chunk);
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

/** How long, in milliseconds, a console may be silent before all in its buffer is taken for read. */
const silenceMs = 3_000;

/** What the console of a domain on another machine has in its buffer, and prints from then on. */
async function showConsole(name: string, host: string, follow: boolean): Promise<void> {
  await interruptible(async (signal) => {
    const leave = () => void console.close();
    const silence = follow ? undefined : setTimeout(leave, silenceMs);
    const console = openConsole(sshHost(host), name, {
      onOutput: (chunk) => {
        process.stdout.write(chunk);
        silence?.refresh();
      },
    });
    signal.addEventListener("abort", leave);
    await console.closed.finally(() => clearTimeout(silence));
  });
}
