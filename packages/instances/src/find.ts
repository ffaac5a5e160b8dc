import { didYouMean, MirageError } from "@mirage/diagnostics";
import type { Instance } from "./list.js";

/**
 * The instance of that name; `USER/NAME` where two users have one.
 * @throws MirageError `ERR_MIRAGE_INSTANCE_UNKNOWN`, `ERR_MIRAGE_INSTANCE_AMBIGUOUS`
 */
export function findInstance(name: string, instances: readonly Instance[]): Instance {
  const [found, ...others] = instances.filter(
    (instance) => name === instance.name || name === `${instance.user}/${instance.name}`,
  );
  if (found === undefined) throw unknown(name, instances);
  if (others.length === 0) return found;
  const names = [found, ...others].map((instance) => `${instance.user}/${instance.name}`);
  throw new MirageError("ERR_MIRAGE_INSTANCE_AMBIGUOUS", `${name} may be ${names.join(" or ")}`, {
    hint: "write it with its user",
    exitCode: 2,
  });
}

function unknown(name: string, instances: readonly Instance[]): MirageError {
  const names = instances.map((instance) => instance.name);
  const meant = didYouMean(name, names);
  const all =
    names.length === 0
      ? "nothing runs, and nothing that has ended is listed"
      : `there is ${names.join(", ")}`;
  return new MirageError("ERR_MIRAGE_INSTANCE_UNKNOWN", `there is no instance ${name}`, {
    hint: meant === undefined ? all : `did you mean ${meant}?`,
  });
}
