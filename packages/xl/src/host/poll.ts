import { spawn } from "node:child_process";
import { type Domain, parseDomainTable } from "./domain.js";
import { programError, xlFailure } from "./failure.js";
import type { XenHost } from "./host.js";
import { interrupted, leave, stopGroup } from "./run.js";

/** What a host says of its domains at one moment. */
export interface Snapshot {
  readonly domains: readonly Domain[];
  /** The end of xl's log of the one domain that is followed. */
  readonly log: string;
}

/**
 * One script does all the asking, so that a remote host is logged in to once. The end of its input
 * ends it, which also gets there when the way to it is a connection that others share. U+001E ends
 * each part.
 */
const script = `exec 3<&0
{
  while xl list -v; do
    printf '\\036'
    tail -n 40 -- "/var/log/xen/xl-$1.log" 2>/dev/null
    printf '\\036'
    sleep "$2" >/dev/null 2>&1
  done
} </dev/null 3<&- &
asking=$!
{ cat <&3; kill "$asking"; } >/dev/null 2>&1 &
listening=$!
exec 3<&-
wait "$asking"
kill "$listening"`;

/**
 * Asks a host about its domains again and again, until it is not read any more.
 * @throws MirageError `ERR_MIRAGE_XL_*`, `ERR_MIRAGE_INTERRUPTED`
 */
export async function* pollDomains(
  host: XenHost,
  name: string,
  intervalMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Snapshot, void> {
  if (signal?.aborted) throw interrupted(host);
  const [program, ...words] = host.command(script, [name, String(intervalMs / 1000)]);
  const child = spawn(program, words, { stdio: "pipe", detached: true });
  let stderr = "";
  child.stdin.on("error", () => {}); // it has ended already, as its exit code tells
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => reject(programError(host, program, error)));
    child.on("close", resolve);
  });
  exit.catch(() => {}); // awaited below, but not if the reader leaves first
  const stop = () => stopGroup(child);
  signal?.addEventListener("abort", stop, { once: true });
  let rest = "";
  try {
    for await (const text of child.stdout.setEncoding("utf8")) {
      const parts = (rest + text).split("\x1e");
      while (parts.length > 2) {
        const [table = "", log = ""] = parts.splice(0, 2);
        yield { domains: parseDomainTable(table), log };
      }
      rest = parts.join("\x1e");
    }
    const exitCode = await exit;
    throw xlFailure(host, "follow the domain", { exitCode, stdout: rest, stderr });
  } catch (error) {
    throw signal?.aborted ? interrupted(host) : error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await leave(child);
  }
}
