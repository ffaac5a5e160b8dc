import type { Configuration } from "@mirage/conf";
import type { Target } from "@mirage/types";
import { type Program, planProgram } from "./program.js";

/** A network device that a program opens, and that somebody has to hand to it. */
export interface NetworkDevice {
  /** Its name in the program; `net` is the default device, on which the addresses are. */
  readonly device: string;
  /** The host's interface that the configuration names for it. */
  readonly tap?: string;
}

/** The network devices that a program opens, in order; none on a target that uses sockets. */
export function networkDevices(configuration: Configuration, target: Target): NetworkDevice[] {
  return networksOf(planProgram(configuration, target));
}

/** The same for a program that is planned already. */
export function networksOf({ configuration, devices }: Program): NetworkDevice[] {
  const connected = devices.filter(({ kind }) => kind === "net" || kind === "network");
  const isConnected = connected.some(({ name }) => name === "net");
  const opened = devices.flatMap(({ driver }) => driver.opens ?? []);
  const byItself = isConnected ? [] : opened.map((device) => ({ device }));
  return connected
    .map(({ kind, name }) => {
      const declared = configuration.networks.find((network) => network.name === name);
      return kind === "network" && declared
        ? { device: name, tap: declared.tap.value }
        : { device: name };
    })
    .concat(byItself);
}
