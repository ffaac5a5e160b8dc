import { dirname, resolve } from "node:path";
import type { Configuration } from "@mirage/conf";
import type { InstanceRecord } from "@mirage/instances";
import { requireState } from "@mirage/project";
import type { Target } from "@mirage/types";
import { targetNamed } from "./target.js";

/** What `mirage run` is told about how to run; plain data. */
export interface RunFlags {
  readonly publish?: readonly string[];
  readonly strictPort?: true;
  /** Build it again when its files change, and replace what runs. */
  readonly watch?: true;
  /** What `mirage ps` calls it. */
  readonly name?: string;
  /** Xen: another machine, for ssh. */
  readonly host?: string;
}

/** A configured application. */
export interface ApplicationToRun {
  readonly configuration: Configuration;
  readonly directory: string;
  readonly name: string;
  readonly target: Target;
  /** The program, relative to the directory. */
  readonly program: string;
}

/** What a run tells whoever keeps it. */
export interface Watcher {
  /** News for its record. */
  note(news: Partial<InstanceRecord>): void;
  /** It serves, or its main function runs. */
  ready(): void;
  /** Somebody asked for its end. */
  asked(): void;
}

export async function applicationToRun(configuration: Configuration): Promise<ApplicationToRun> {
  const directory = dirname(resolve(configuration.file));
  const { name, target, products } = await requireState(directory);
  return {
    configuration,
    directory,
    name,
    target: targetNamed(target),
    program: products[0] ?? "",
  };
}
