import { askInstance, type ControlAnswer, findInstance, listInstances } from "@mirage/instances";

/** Milliseconds that a program has to answer. */
export const patienceMs = 5_000;

/** Asks the program of that name. @throws MirageError `ERR_MIRAGE_CONTROL_*`, `ERR_MIRAGE_INSTANCE_*` */
export async function ask(name: string, request: string): Promise<ControlAnswer> {
  const instance = findInstance(name, await listInstances());
  return askInstance(instance, request, { timeoutMs: patienceMs });
}
