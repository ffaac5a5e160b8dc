import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { configuredApplication } from "@mirage/application";
import { launcherOf, systemdUnit } from "@mirage/launch";
import { loadApplication } from "../load-application.js";

interface ServiceOptions {
  readonly publish?: readonly string[];
  readonly envFile?: string;
  readonly memory?: string;
  readonly name?: string;
  readonly args?: readonly string[];
}

/** `mirage service`: prints a unit of systemd that runs the application. */
export async function service(
  file: string | undefined,
  { publish = [], envFile, memory, name, args = [] }: ServiceOptions,
): Promise<void> {
  const application = await configuredApplication((await loadApplication(file)).configuration);
  const { configuration, directory, target } = application;
  const { patience } = await launcherOf(target);
  const called = name ?? application.name;
  const unit = systemdUnit({
    description: `${called}, ${target.doc}`,
    command: [
      process.execPath,
      fileURLToPath(new URL("../../bin/mirage.js", import.meta.url)),
      ...["run", "--name", called],
      ...publish.flatMap((port) => ["--publish", port]),
      ...(envFile === undefined ? [] : ["--env-file", resolve(envFile)]),
      ...(memory === undefined ? [] : ["--memory", memory]),
      resolve(configuration.file),
      ...(args.length > 0 ? ["--", ...args] : []),
    ],
    directory,
    after: target.run.as === "xen" ? ["xencommons.service"] : [],
    patience: patience + 5,
  });
  process.stdout.write(unit);
}
