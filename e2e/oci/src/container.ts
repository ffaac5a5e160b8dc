import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Running, temporaryFolder } from "../../src/support/mirage.js";

/**
 * crun refuses a host whose control groups are of both versions; without any it runs, as it makes none
 * here.
 */
const withoutControlGroups =
  'umount -R /sys/fs/cgroup 2>/dev/null; mount -t tmpfs none /sys/fs/cgroup && exec "$@"';

/** A container that crun runs, in a network of its own, from an image layout that umoci unpacked. */
export class Container {
  private constructor(
    private readonly bundle: string,
    readonly running: Running,
  ) {}

  /** Starts it with words behind its entry point; it ends with the test. */
  static start(
    image: string,
    args: readonly string[],
    environment: readonly string[] = [],
  ): Container {
    const bundle = join(temporaryFolder(), "bundle");
    execFileSync("umoci", ["unpack", "--image", image, bundle], { stdio: "pipe" });
    const file = join(bundle, "config.json");
    const config = JSON.parse(readFileSync(file, "utf8"));
    config.process.terminal = false;
    config.process.args.push(...args);
    config.process.env.push(...environment);
    // What a container of a test that is one itself is not given.
    delete config.process.rlimits;
    delete config.linux.resources;
    config.mounts = config.mounts.filter(({ type }: { type: string }) =>
      ["proc", "tmpfs", "devpts"].includes(type),
    );
    writeFileSync(file, JSON.stringify(config));
    const id = `mirage-e2e-${process.pid}-${Date.now()}`;
    const crun = ["crun", "--cgroup-manager=disabled", "run", "--pid-file", pidFile(bundle)];
    const words = ["--mount", "sh", "-c", withoutControlGroups, "sh", ...crun, "-b", bundle, id];
    const container = new Container(bundle, new Running("unshare", words, {}));
    onTestFinished(async () => {
      await container.end();
    });
    return container;
  }

  /** What a path of its web server answers, asked from its own network. */
  get(port: number, path: string): string {
    const pid = readFileSync(pidFile(this.bundle), "utf8").trim();
    const url = `http://127.0.0.1:${port}${path}`;
    const script = 'ip link set lo up && exec curl --silent --fail --max-time 20 "$1"';
    return execFileSync("nsenter", ["-t", pid, "-n", "sh", "-c", script, "sh", url], {
      encoding: "utf8",
    });
  }

  /** Asks it to end, and returns its exit code. */
  async end(): Promise<number> {
    try {
      process.kill(Number(readFileSync(pidFile(this.bundle), "utf8")), "SIGTERM");
    } catch {
      // it has ended, or never began
    }
    return (await this.running.finished).code;
  }
}

function pidFile(bundle: string): string {
  return `${bundle}.pid`;
}
