import { MirageError } from "@mirage/diagnostics";
import {
  findInstance,
  type Instance,
  isAlive,
  listInstances,
  logFile,
  readLog,
} from "@mirage/instances";
import { remoteLauncher } from "@mirage/launch";
import { interruptible } from "@mirage/plan";

interface LogsOptions {
  readonly follow?: true;
  readonly lines?: number;
  readonly host?: string;
}

/** `mirage logs`: what an instance has printed, and prints. */
export async function logs(name: string, options: LogsOptions): Promise<void> {
  if (options.host !== undefined) {
    const { host, follow = false } = options;
    const { elsewhere } = await remoteLauncher();
    const output = (chunk: Uint8Array) => void process.stdout.write(chunk);
    await interruptible((signal) => elsewhere.logs(host, name, { follow, signal, output }));
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
  const goOn = async () => follow === true && isAlive(instance.supervisor);
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
