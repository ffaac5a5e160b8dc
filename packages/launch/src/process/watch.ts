import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import { join, relative, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type ConfiguredApplication, compile, configuredApplication } from "@mirage/application";
import { loadChecked } from "@mirage/application/check";
import { ConfigurePlan } from "@mirage/application/configure";
import { resolvePath } from "@mirage/conf";
import { execute, interruptible } from "@mirage/plan";
import { recordedOpam, requireState, stateFolder } from "@mirage/project";
import { PublishedPorts } from "@mirage/runner";
import {
  type FileChanges,
  keepUpToDate,
  type Running,
  type WatchedFiles,
  type WatchedProgram,
  watchFiles,
} from "@mirage/watch";
import type { RunFlags, RunObserver } from "../launcher.js";
import { type FollowedProcess, followProcess, planProcess, runOptions } from "./run.js";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs the application, and puts a new one in its place when files changed and it could be built. */
export async function runWatched(
  application: ConfiguredApplication,
  flags: RunFlags,
  observer: RunObserver,
): Promise<number> {
  await planProcess(application, flags); // throws now, and not at each start, if it makes no sense
  const { publish = [], strictPort, sandbox, args = [], environment = {} } = flags;
  const ports = new PublishedPorts(publish, { strictPort: strictPort === true });
  const changes = await watchFiles(await filesOf(application));
  const eachRun = { args, environment, ...(sandbox === undefined ? {} : { sandbox }) };
  const program = new WatchedApplication(application, eachRun, ports, changes, observer);
  const end = new AbortController();
  let signal: NodeJS.Signals = "SIGTERM";
  const onSignal = (name: NodeJS.Signals) => {
    if (end.signal.aborted) program.kill();
    signal = name;
    observer.asked();
    end.abort();
  };
  for (const name of signals) process.on(name, onSignal);
  try {
    await keepUpToDate(program, end.signal);
  } finally {
    for (const name of signals) process.off(name, onSignal);
    ports.close();
    await changes.close();
  }
  return 128 + constants.signals[signal];
}

/** Milliseconds that the old one has to finish what it is answering. */
const drainMs = 250;

class WatchedApplication implements WatchedProgram {
  readonly changes: FileChanges;
  readonly #conf: string;
  readonly #flags: RunFlags;
  readonly #ports: PublishedPorts;
  readonly #observer: RunObserver;
  #application: ConfiguredApplication;
  #process: FollowedProcess | undefined;

  constructor(
    application: ConfiguredApplication,
    flags: RunFlags,
    ports: PublishedPorts,
    changes: FileChanges,
    observer: RunObserver,
  ) {
    this.#application = application;
    this.#flags = flags;
    this.#conf = resolve(application.configuration.file);
    this.#ports = ports;
    this.changes = changes;
    this.#observer = observer;
  }

  async build(changed: readonly string[], signal: AbortSignal): Promise<void> {
    const { directory } = this.#application;
    if (changed.length > 0) this.#observer.say(`changed: ${describePaths(changed, directory)}`);
    if (changed.includes(this.#conf)) await this.#configure();
    this.#observer.say(`compiling ${this.#application.name}`);
    await execute(compile(this.#application), { signal });
  }

  async fingerprint(): Promise<string> {
    const { directory, program } = this.#application;
    const hash = createHash("sha256").update(await readFile(join(directory, program)));
    return `${hash.digest("hex")} ${JSON.stringify(runOptions(this.#application, this.#flags))}`;
  }

  async start(): Promise<Running> {
    const options = {
      ...runOptions(this.#application, this.#flags),
      publish: this.#ports,
      forwardSignals: false,
    };
    const started = followProcess(this.#application, options, this.#flags, this.#observer);
    this.#process = started;
    let isWanted = true;
    const ended = started.code.then(
      (code) => {
        if (isWanted)
          this.#observer.say(
            `it ended by itself, with exit code ${code}: a change starts it again`,
          );
      },
      (error) => this.onFailure(error),
    );
    return {
      ended,
      stop: async () => {
        isWanted = false;
        this.#ports.hold(); // connections from here on go to the next one
        await delay(drainMs);
        await Promise.allSettled([started.stop(), ended]);
      },
    };
  }

  kill(): void {
    void this.#process?.stop();
  }

  onFailure(error: unknown): void {
    this.#observer.failed(error);
  }

  onBuilt(outcome: "same" | "changed"): void {
    if (outcome === "same") this.#observer.say("the program is the same as before, and goes on");
  }

  /** As it was configured before. */
  async #configure(): Promise<void> {
    const { directory, target } = this.#application;
    const opam = recordedOpam(directory, await requireState(directory));
    const { configuration } = await loadChecked(this.#conf);
    const plan = await ConfigurePlan.of(configuration, target, {
      ...(opam.root && { opamRoot: opam.root }),
      ...(opam.switch && { switch: opam.switch }),
    });
    await interruptible((signal) =>
      plan.install({
        signal,
        onProgress: ({ task, text }) => this.#observer.say(text ?? task),
      }),
    );
    await execute(plan.writes);
    this.#application = await configuredApplication(configuration);
  }
}

/** The application's folder and what it takes from elsewhere, without what builds and runs write. */
async function filesOf({ configuration, directory }: ConfiguredApplication): Promise<WatchedFiles> {
  const { products, generated } = await requireState(directory);
  const { filesystems, blocks } = configuration;
  return {
    paths: [directory, ...filesystems.map(({ path }) => resolvePath(configuration, path.value))],
    ignored: [
      stateFolder(directory),
      ...[...products, ...Object.keys(generated)].map((path) => join(directory, path)),
      ...blocks.map(({ path }) => resolvePath(configuration, path.value)),
    ],
  };
}

function describePaths(paths: readonly string[], directory: string): string {
  const [first = "", ...others] = paths.map((path) => relative(directory, path));
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
