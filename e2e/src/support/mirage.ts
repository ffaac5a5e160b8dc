import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { inject, onTestFinished } from "vitest";

export const repository = resolve(import.meta.dirname, "../../..");
const bin = join(repository, "apps/mirage/bin/mirage.js");

/** What a finished command left. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a first-time user. */
export function userEnv(home = inject("home")): NodeJS.ProcessEnv {
  const { XDG_DATA_HOME, XDG_CACHE_HOME, XDG_STATE_HOME, OPAMROOT, OPAMSWITCH, ...rest } =
    process.env;
  return { ...rest, HOME: home, XDG_STATE_HOME: join(home, ".local/state"), NO_COLOR: "1" };
}

/** A command that was started and is followed. */
export class Running {
  stdout = "";
  stderr = "";
  readonly child: ChildProcess;
  readonly finished: Promise<Outcome>;

  constructor(command: string, args: readonly string[], options: SpawnOptions) {
    this.child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    this.child.stdout?.on("data", (data) => {
      this.stdout += data;
    });
    this.child.stderr?.on("data", (data) => {
      this.stderr += data;
    });
    this.finished = new Promise((settle, fail) => {
      this.child.on("error", fail);
      this.child.on("close", (code, signal) =>
        settle({
          code: code ?? (signal === "SIGINT" ? 130 : 128),
          stdout: this.stdout,
          stderr: this.stderr,
        }),
      );
    });
  }

  /** Waits until stderr or stdout says `pattern`; fails with all output when the command ends first. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    let ended = false;
    void this.finished.then(() => {
      ended = true;
    });
    for (;;) {
      const found = pattern.exec(this.stderr) ?? pattern.exec(this.stdout);
      if (found) return found;
      if (ended) throw new Error(`ended before saying ${pattern}:\n${this.stdout}${this.stderr}`);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }
}

/** Runs a command to its end. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}) {
  return new Running(command, args, options).finished;
}

/** Runs `mirage ARGS` in a folder to its end. */
export function mirage(args: readonly string[], cwd: string, home?: string): Promise<Outcome> {
  return run(process.execPath, [bin, ...args], { cwd, env: userEnv(home) });
}

/** Runs `mirage ARGS`, which must succeed. */
export async function mirageOk(
  args: readonly string[],
  cwd: string,
  home?: string,
): Promise<Outcome> {
  const outcome = await mirage(args, cwd, home);
  if (outcome.code !== 0) {
    throw new Error(`mirage ${args.join(" ")}: exit code ${outcome.code}\n${outcome.stderr}`);
  }
  return outcome;
}

/** Starts `mirage ARGS` and ends it with the test; `prefix` are words to put before it. */
export function startMirage(
  args: readonly string[],
  cwd: string,
  prefix: readonly string[] = [],
): Running {
  const [command = "", ...words] = [...prefix, process.execPath, bin, ...args];
  const running = new Running(command, words, { cwd, env: userEnv() });
  onTestFinished(async () => {
    running.child.kill("SIGTERM");
    await running.finished;
  });
  return running;
}

/** A new folder that is gone after the test, or after all tests of the file. */
export function temporaryFolder(cleanUp: (job: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "mirage-e2e-app-"));
  cleanUp(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of one of the examples, without what an earlier build left in it. */
export function copyOfExample(name: string, cleanUp?: (job: () => void) => void): string {
  const folder = temporaryFolder(cleanUp);
  const generated = /\/(_build|\.mirage|mir-[^/]*|main\.ml|Makefile|dune|dune-project)$/;
  cpSync(join(repository, "examples", name), folder, {
    recursive: true,
    filter: (path) => !generated.test(path),
  });
  return folder;
}
