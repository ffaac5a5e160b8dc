import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import { Running } from "../../../src/support/mirage.js";
import { networkNamespace } from "../../../src/support/namespace.js";

/** What a machine is started from. */
export interface System {
  /** Arguments of QEMU: the kernel and what comes with it. */
  readonly start: readonly string[];
  /** MiB. */
  readonly memory: number;
}

const mac = "52:54:00:00:00:02";

/** A network of one TAP device, on which one machine at a time serves at 10.0.0.2. */
export class Bench {
  readonly #exec: readonly string[];

  constructor() {
    const { exec } = networkNamespace(onTestFinished);
    this.#exec = exec;
    this.inside("ip", "tuntap", "add", "tap0", "mode", "tap", "vnet_hdr");
    this.inside("ip", "address", "add", "10.0.0.1/24", "dev", "tap0");
    this.inside("ip", "link", "set", "tap0", "up");
    // Asking for the hardware address would take steps of a second.
    const neighbour = ["10.0.0.2", "lladdr", mac, "dev", "tap0", "nud", "permanent"];
    this.inside("ip", "neigh", "replace", ...neighbour);
  }

  /** Runs a command in the network; returns its output. */
  inside(...words: string[]): string {
    const [command = "", ...args] = [...this.#exec, ...words];
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  }

  /** Starts a machine. */
  server({ start, memory }: System): Server {
    const [command = "", ...args] = [
      ...this.#exec,
      "qemu-system-x86_64",
      // Not the microvm: without KVM's clock, Linux looks for an old PC's there, and waits for ever.
      ...["-accel", "tcg", "-machine", "q35", "-m", `${memory}M`],
      ...["-cpu", "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+aes,+pclmulqdq,+rdrand"],
      ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio"],
      ...["-netdev", "tap,id=n0,ifname=tap0,script=no,downscript=no"],
      ...["-device", `virtio-net-pci,netdev=n0,mac=${mac}`],
      ...start,
    ];
    return new Server(this, new Running(command, args, {}));
  }
}

/** A machine that serves, or is about to. */
export class Server {
  constructor(
    readonly bench: Bench,
    private readonly running: Running,
  ) {
    onTestFinished(() => this.stop());
  }

  /** Seconds until a page was there, or undefined if that takes more than `most`. */
  async firstPage(most: number): Promise<number | undefined> {
    const begin = performance.now();
    const elapsed = () => (performance.now() - begin) / 1000;
    while (elapsed() < most && this.running.child.exitCode === null) {
      // A twentieth of the time is exact enough, and a slow machine needs it to answer.
      if (this.page(Math.max(0.05, elapsed() / 20))) return elapsed();
      await new Promise((wake) => setTimeout(wake, 5));
    }
    return undefined;
  }

  /** Whether it serves a page; `patience` is for the connection, in seconds. */
  page(patience: number): boolean {
    const options = ["--silent", "--fail", "--max-time", "10", "--output", "/dev/null"];
    const connect = ["--connect-timeout", `${patience}`, "http://10.0.0.2/index.html"];
    try {
      this.bench.inside("curl", ...options, ...connect);
      return true;
    } catch {
      return false;
    }
  }

  /** User and system time of its process, in seconds; proc(5). */
  processorTime(): number {
    const text = readFileSync(`/proc/${this.running.child.pid}/stat`, "utf8");
    const fields = text.replace(/^.*\) /, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async stop(): Promise<void> {
    this.running.child.kill("SIGKILL");
    await this.running.finished;
  }
}
