import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { type Outcome, Running, repository, run } from "../../../src/support/mirage.js";
import { FakeAws, type FakeAwsOptions } from "../fake/fake-aws.js";
import { temporaryFolder } from "./aws.js";

const bin = join(repository, "apps/mirage/bin/mirage.js");

/** The command, its home, and an AWS to which alone it is connected. */
export class Setting {
  readonly home = temporaryFolder();
  readonly output: string[] = [];

  private constructor(readonly fake: FakeAws) {}

  static async make(options?: FakeAwsOptions): Promise<Setting> {
    const fake = await FakeAws.start(options);
    onTestFinished(async () => {
      await fake.stop();
      expect(fake.misfits).toEqual([]);
    });
    return new Setting(fake);
  }

  get env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      HOME: this.home,
      TMPDIR: process.env.TMPDIR,
      NO_COLOR: "1",
      XDG_STATE_HOME: join(this.home, "state"),
      ...this.fake.environment(this.home),
    };
  }

  start(...args: readonly string[]): Running {
    return new Running(process.execPath, [bin, ...args], { cwd: this.home, env: this.env });
  }

  /** Runs `mirage ARGS` to its end. */
  mirage(...args: readonly string[]): Promise<Outcome> {
    return this.#mirageIn(this.home, ...args);
  }

  /** Runs `mirage ARGS`, which must succeed. */
  ok(...args: readonly string[]): Promise<Outcome> {
    return this.okIn(this.home, ...args);
  }

  /** Runs `mirage ARGS` in a folder; it must succeed. */
  async okIn(cwd: string, ...args: readonly string[]): Promise<Outcome> {
    const outcome = await this.#mirageIn(cwd, ...args);
    expect(outcome.code, outcome.stderr).toBe(0);
    return outcome;
  }

  /** Runs `mirage ARGS` in a folder to its end. */
  in(cwd: string, ...args: readonly string[]): Promise<Outcome> {
    return this.#mirageIn(cwd, ...args);
  }

  /** Runs a command line in another environment. */
  runWith(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Outcome> {
    return run(process.execPath, [bin, ...args], { cwd: this.home, env });
  }

  async #mirageIn(cwd: string, ...args: readonly string[]): Promise<Outcome> {
    const outcome = await run(process.execPath, [bin, ...args], { cwd, env: this.env });
    this.output.push(outcome.stdout, outcome.stderr);
    return outcome;
  }
}
