import type { Configuration, DeviceReference } from "@mirage/conf";
import { type DeviceKind, deviceKinds, type Target } from "@mirage/types";
import { fill } from "./fill.js";
import { moduleDefinitions } from "./main-ml.js";
import { planProgram } from "./program.js";

/** What a compiler has to see to say whether an application's functor takes its devices. */
export interface Probe {
  /** OCaml definitions of the devices' modules. */
  readonly definitions: string;
  /** What `main-*` names, such as `Unikernel.Main`. */
  readonly main: string;
  /** The devices it is applied to, in order. */
  readonly args: readonly ProbedDevice[];
}

export interface ProbedDevice {
  readonly reference: DeviceReference;
  /** OCaml's name of the device's module. */
  readonly module: string;
  /** The OCaml type of what `start` is given for it; none if its module is all there is. */
  readonly type?: string;
}

/** @throws MirageError if the target lacks what the configuration asks for */
export function probe(configuration: Configuration, target: Target): Probe {
  const { devices, args, holes } = planProgram(configuration, target);
  const { main } = configuration;
  const references = main.kind === "app" ? main.args : [];
  return {
    definitions: devices.flatMap(moduleDefinitions).join("\n"),
    main: fill("%{main}", holes),
    args: references.map((reference, index) => {
      const device = args[index];
      if (device === undefined) return { reference, module: "" };
      const { driver, holes } = device;
      const module = fill(driver.module, holes);
      const type = driver.value === undefined ? {} : { type: typeOf(device.kind, module) };
      return { reference, module, ...type };
    }),
  };
}

function typeOf(kind: string, module: string): string {
  return fill(kindOf(kind)?.type ?? "%{module}.t", { module });
}

/** The signature of a device's module, such as `CONSOLE`; none for a server or client of cohttp. */
export function signatureOf(kind: string): string | undefined {
  return kindOf(kind)?.signature;
}

function kindOf(kind: string): DeviceKind | undefined {
  const kinds: readonly DeviceKind[] = deviceKinds;
  return kinds.find(({ name }) => name === kind);
}
