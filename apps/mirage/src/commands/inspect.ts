import { findInstance, listInstances, logFile } from "@mirage/instances";
import { print } from "../terminal/terminal.js";

/** `mirage inspect`: all that is noted of unikernels, as JSON. */
export async function inspect(names: readonly string[]): Promise<void> {
  const instances = await listInstances();
  const found = names.map((name) => findInstance(name, instances));
  const data = found.map(({ folder, phase, ...instance }) => ({
    ...instance,
    ...(instance.isDetached ? { log: logFile(folder) } : {}),
  }));
  print(JSON.stringify(data, undefined, 2));
}
