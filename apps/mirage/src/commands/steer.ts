import { setTimeout as delay } from "node:timers/promises";
import { MirageError } from "@mirage/diagnostics";
import { askInstance, findInstance, type Instance, listInstances } from "@mirage/instances";
import { patienceMs } from "../operate/ask.js";
import { readStats } from "../operate/stats.js";
import { say } from "../terminal/terminal.js";

/** `mirage pause`: they use no processor until they are resumed. */
export async function pause(names: readonly string[]): Promise<void> {
  for (const instance of await named(names)) {
    await askInstance(instance, "pause", { timeoutMs: patienceMs });
    say(`${instance.name} is paused: \`mirage resume ${instance.name}\` lets it go on`);
  }
}

/** `mirage resume`: what is paused goes on. */
export async function resume(names: readonly string[]): Promise<void> {
  for (const instance of await named(names)) {
    await askInstance(instance, "resume", { timeoutMs: patienceMs });
    say(`${instance.name} goes on`);
  }
}

/** `mirage restart`: ends each, and returns when all answer again. */
export async function restart(names: readonly string[]): Promise<void> {
  const instances = await named(names);
  await Promise.all(instances.map(restartOne));
}

/** Milliseconds: for its end and for its start, and between two looks. */
const restartMs = { most: 60_000, between: 100 };

async function restartOne(instance: Instance): Promise<void> {
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  await askInstance(instance, "restart", { timeoutMs: patienceMs });
  while (elapsed() < restartMs.most) {
    const answer = await askInstance(instance, "stats", { timeoutMs: patienceMs }).catch(() => {});
    if (answer && readStats(answer).uptime * 1000 < elapsed()) {
      say(`${instance.name} was started again`);
      return;
    }
    await delay(restartMs.between);
  }
  throw new MirageError(
    "ERR_MIRAGE_RESTART",
    `${instance.name} does not answer after its restart`,
    {
      hint: `\`mirage ps --all\` says whether it runs, \`mirage logs ${instance.name}\` what it printed`,
    },
  );
}

/** All are looked up before anything is done. */
async function named(names: readonly string[]): Promise<Instance[]> {
  const instances = await listInstances();
  return names.map((name) => findInstance(name, instances));
}
