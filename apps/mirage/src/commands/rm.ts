import { MirageError } from "@mirage/diagnostics";
import {
  findInstance,
  forgetInstance,
  type Instance,
  listInstances,
  ownPlace,
} from "@mirage/instances";
import { launcherOfInstance } from "@mirage/launch";
import { say } from "../terminal/terminal.js";

interface RmFlags {
  /** All that have ended, beside those named. */
  readonly ended?: true;
}

/** `mirage rm`: forgets unikernels that have ended, and their logs; nothing if one of them runs. */
export async function rm(names: readonly string[], { ended }: RmFlags): Promise<void> {
  if (names.length === 0 && !ended) {
    throw new MirageError("ERR_MIRAGE_USAGE", "nothing says what to forget", {
      hint: "name unikernels as `mirage ps --all` has them, or write --ended for all that have ended",
      exitCode: 2,
    });
  }
  const instances = await listInstances();
  const named = names.map((name) => findInstance(name, instances));
  for (const instance of named) await refuseRunning(instance);
  const own = instances.filter(({ status }) => ended && status === "ended").filter(isOwn);
  for (const instance of new Set([...named, ...own])) {
    await forgetInstance(instance);
    say(`${instance.name} is forgotten`);
  }
}

async function refuseRunning(instance: Instance): Promise<void> {
  const { name, status } = instance;
  const launcher = await launcherOfInstance(instance);
  const goesOn = status === "lost" && (await launcher?.leftRunning?.(instance)) !== undefined;
  if (!goesOn && status !== "starting" && status !== "running") return;
  throw new MirageError("ERR_MIRAGE_INSTANCE_RUNS", `${name} runs`, {
    hint: `\`mirage stop ${name}\` ends it first`,
  });
}

/** Others' records are theirs to remove. */
function isOwn({ user }: Instance): boolean {
  return user === ownPlace().user;
}
