import type { Configuration, DeviceKind } from "@mirage/conf";

/** The library with V1 as releases of 2014 had it, and adapters of today's devices. */
export const releasesLibrary = "mirage-types-v1.releases";

interface Release {
  /** What is opened around every module: V1 and V1_LWT of then. */
  readonly opened: string[];
  /** Functors from a device of today to one of then, where they differ. */
  readonly adapters: Partial<Record<DeviceKind, string>>;
}

/** The release of 2014 that a program says it was written for. */
export function releaseOf({ compat }: Pick<Configuration, "compat">): Release | undefined {
  if (compat === undefined || compat.value === "2013") return undefined;
  const { value } = compat;
  return { opened: [`Mirage_${value.replaceAll(".", "_")}`], adapters: adaptersOf(value) };
}

function adaptersOf(release: string): Release["adapters"] {
  if (release.startsWith("1.1.")) return { console: "Devices_of_2014.Console_1_1" };
  const entropy = "Devices_of_2014.Entropy_1_2";
  if (release === "1.2") return { entropy };
  const [console, stack] = ["Devices_of_2014.Console_2_0", "Devices_of_2014.Stackv4_2_0"];
  return { entropy, console, stack };
}

/** What makes a device of today one of the release that a program was written for. */
export function adapterOf(
  configuration: Pick<Configuration, "compat">,
  kind: DeviceKind,
): string | undefined {
  return releaseOf(configuration)?.adapters[kind];
}
