import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

// vitest, ended by a signal, leaves its test processes behind.
process.once("disconnect", () => process.exit(1));

/** What a command left. */
export interface Outcome {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a command to its end. */
export function run(
  command: string,
  args: readonly string[],
  { input, ...options }: SpawnOptions & { input?: Buffer | string | undefined } = {},
): Promise<Outcome> {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, { ...options, stdio: "pipe" });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (data) => stdout.push(data));
    child.stderr.on("data", (data) => stderr.push(data));
    // The command may end without having read everything.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", fail);
    child.on("close", (code) =>
      settle({
        code: code ?? 128,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}

/**
 * Starts a program that goes on until `end`, at low priority; the kernel kills it when this process
 * dies, however it dies.
 */
export class Background {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  stderr = "";
  running = true;

  constructor(command: string, args: readonly string[], options: SpawnOptions) {
    const words = ["-n", "10", "setpriv", "--pdeathsig", "KILL", command, ...args];
    this.#child = spawn("nice", words, { ...options, stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr?.on("data", (data) => {
      this.stderr += data;
    });
    this.#ended = new Promise((settle) => {
      this.#child.on("error", (error) => {
        this.stderr += error.message;
        this.running = false;
        settle();
      });
      this.#child.on("close", () => {
        this.running = false;
        settle();
      });
    });
  }

  /** Ends it, by force if it does not end by itself. */
  async end(): Promise<void> {
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await this.#ended;
    clearTimeout(force);
  }
}

/** Asks until there is an answer; undefined means not yet. Fails after `seconds`. */
export async function eventually<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
