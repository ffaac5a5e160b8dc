import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const script = fileURLToPath(new URL("network.mjs", import.meta.url));

/** What a call of the package came to; neither if its process was killed. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the results of several functions
  readonly result?: any;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly details: readonly { readonly code: string; readonly hint?: string }[];
  };
}

const patienceMs = 20_000;
const privateNamespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
/**
 * The shell stays, as whoever is process 1 has to take leave of the others. Addresses of IPv6 are
 * ready at once, so that they look the same from the beginning.
 */
const start = `mount -t tmpfs tmpfs /run && ip link set lo up || exit
for name in all default; do echo 0 >/proc/sys/net/ipv6/conf/$name/accept_dad; done
echo ready
sleep 600 & wait`;

/** Why there can be no `Machine` here; nothing if there can. */
export function obstacle(): string | undefined {
  const { status, stderr } = spawnSync("unshare", [...privateNamespaces, "true"], {
    encoding: "utf8",
  });
  return status === 0 ? undefined : `needs root: ${stderr.trim()}`;
}

/** A network of its own, with its own /run and processes, which end with the test. */
export class Machine {
  readonly #pid: number;

  static async start(): Promise<Machine> {
    const holder = spawn("unshare", [...privateNamespaces, "sh", "-c", start], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(async () => {
      holder.kill("SIGKILL");
      if (holder.exitCode === null && holder.signalCode === null) await once(holder, "exit");
    });
    await firstLine(holder);
    const children = `/proc/${holder.pid}/task/${holder.pid}/children`;
    return new Machine(Number(readFileSync(children, "utf8").trim()));
  }

  private constructor(pid: number) {
    this.#pid = pid;
  }

  /** Runs a shell script as root there, which must succeed, and returns what it prints. */
  sh(text: string, env: Record<string, string> = {}): string {
    const args = this.#enter(["sh", "-euc", text]);
    return execFileSync("nsenter", args, {
      encoding: "utf8",
      env: { ...process.env, ...env },
      timeout: patienceMs,
    });
  }

  /** Calls a function of the package there. */
  call(
    name: string,
    args: readonly unknown[] = [],
    more: { dieAt?: number; dieAfter?: number; as?: readonly string[] } = {},
  ): Answer {
    const { as = [], ...death } = more;
    const request = JSON.stringify({ call: name, args, ...death });
    const { stdout } = spawnSync(
      "nsenter",
      this.#enter([...as, process.execPath, script, request]),
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: patienceMs },
    );
    return stdout === "" ? {} : JSON.parse(stdout);
  }

  /** All that a network could leave behind, as text to compare. */
  snapshot(): string {
    return this.sh(`
      nft list ruleset
      ip -json -details address | sed 's/{"ifindex/\\n&/g; s/"\\(gc_timer\\|hello_timer\\|tcn_timer\\|topology_change_timer\\)":[0-9.]*,//g'
      ip -json route
      cd /proc/sys/net/ipv4
      grep -r . ip_forward conf | sort
      cd /proc
      cat [0-9]*/comm | grep dnsmasq || true
      find /run | sort`);
  }

  #enter(command: readonly string[]): string[] {
    const target = ["--target", String(this.#pid), "--net", "--mount", "--pid"];
    return [...target, "--", ...command];
  }
}

async function firstLine(child: ChildProcess): Promise<void> {
  if (!child.stdout) throw new Error("no output");
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "exit").then(() => {
    throw new Error("the namespace could not be made");
  });
  await Promise.race([once(lines, "line"), ended]);
}
