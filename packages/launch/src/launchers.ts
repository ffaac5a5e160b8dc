import { type Target, targets } from "@mirage/types";
import type { Launcher, RemoteGuests } from "./launcher.js";

/** A launcher some of whose unikernels run on other machines. */
export type RemoteLauncher = Launcher & { readonly remote: RemoteGuests };

type RunAs = Target["run"]["as"];

/** The launcher of each `run.as`: a new kind of run is a line here, and its code is loaded when used. */
const launchers: Readonly<Record<RunAs, () => Promise<Launcher>>> = {
  process: async () => (await import("./process/launcher.js")).processLauncher,
  qemu: async () => (await import("./qemu/launcher.js")).qemuLauncher,
  node: async () => (await import("./node/launcher.js")).nodeLauncher,
  xen: async () => (await import("./xl/launcher.js")).xlLauncher,
};

/** What runs the programs of a target. */
export function launcherOf({ run }: Pick<Target, "run">): Promise<Launcher> {
  return launchers[run.as]();
}

/** What ran an instance, by its target's name; nothing if this mirage has no such target. */
export async function launcherOfInstance(instance: {
  readonly target: string;
}): Promise<Launcher | undefined> {
  const target = targets.find(({ name }) => name === instance.target);
  return target && launcherOf(target);
}

/** What reaches unikernels on other machines. */
export async function remoteLauncher(): Promise<RemoteLauncher> {
  return (await import("./xl/launcher.js")).xlLauncher;
}
