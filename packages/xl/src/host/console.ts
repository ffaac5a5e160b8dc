import { spawn } from "node:child_process";
import { type DomainReference, domainArgument } from "./control.js";
import { programError, xlFailure } from "./failure.js";
import type { XenHost } from "./host.js";
import { interrupted, leave, stopGroup } from "./run.js";

export interface ConsoleOptions {
  /** Gets what the guest prints, from where the console's buffer begins. */
  readonly onOutput: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
}

/** An open console of a domain. */
export interface DomainConsole {
  /** Types something into the guest. */
  write(data: string | Uint8Array): void;
  /** Leaves the console; the domain goes on. */
  close(): Promise<void>;
  /**
   * Settles when the domain has ended, or the console was left. Rejects with
   * `ERR_MIRAGE_XL_NO_DOMAIN` and other `ERR_MIRAGE_XL_*`, and `ERR_MIRAGE_INTERRUPTED`.
   */
  readonly closed: Promise<void>;
}

/**
 * `xl console` reads no input that is not a terminal, so that what is typed goes to xenconsoled's
 * terminal of the domain by itself. The end of that input is what ends the console on a remote host
 * when nobody listens any more.
 */
const script = `exec 3<&0
xl console -- "$1" </dev/null 3<&- &
console=$!
{
  id=$(xl domid -- "$1") || id=$1
  until terminal=$(xenstore-read "/local/domain/$id/console/tty"); do
    kill -0 "$console" || exit
    sleep 1
  done
  cat <&3 >"$terminal"
  kill "$console"
} >/dev/null 2>&1 &
typist=$!
exec 3<&-
wait "$console"
code=$?
kill "$typist"
exit "$code"`;

/** Opens the console of a domain (`xl console`), for a program to read and write. */
export function openConsole(
  host: XenHost,
  domain: DomainReference,
  { onOutput, signal }: ConsoleOptions,
): DomainConsole {
  const [program, ...words] = host.command(script, [domainArgument(domain)]);
  const child = spawn(program, words, { stdio: "pipe", detached: true });
  let stderr = "";
  let wasLeft = false;
  child.stdin.on("error", () => {}); // the console is closed, as `closed` tells
  child.stdout.on("data", onOutput);
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const stop = () => {
    wasLeft = true;
    stopGroup(child);
  };
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  const closed = new Promise<void>((resolve, reject) => {
    child.on("error", (error) => reject(programError(host, program, error)));
    child.on("close", (exitCode) => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted) reject(interrupted(host));
      else if (exitCode === 0 || wasLeft) resolve();
      else reject(xlFailure(host, "open the console", { exitCode, stdout: "", stderr }));
    });
  });
  closed.catch(() => {}); // callers that need it await it
  return {
    write: (data) => void child.stdin.write(data),
    close: async () => {
      wasLeft = true;
      await leave(child);
      await closed;
    },
    closed,
  };
}

/**
 * Connects the terminal of this process to the console of a domain, until its user leaves with
 * Ctrl-] or the domain ends.
 * @throws MirageError as `openConsole`
 */
export async function attachConsole(host: XenHost, domain: DomainReference): Promise<void> {
  const words = [domainArgument(domain)];
  const command = host.command('exec xl console -- "$1"', words, { terminal: true });
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["inherit", "inherit", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    process.stderr.write(text);
  });
  await new Promise<void>((resolve, reject) => {
    child.on("error", (error) => reject(programError(host, program, error)));
    child.on("close", (exitCode) => {
      if (exitCode === 0) resolve();
      else reject(xlFailure(host, "open the console", { exitCode, stdout: "", stderr }));
    });
  });
}
