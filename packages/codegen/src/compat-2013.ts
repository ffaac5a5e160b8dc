import type { Configuration } from "@mirage/conf";
import type { Target } from "@mirage/types";
import { fill } from "./fill.js";
import type { Device } from "./program.js";
import { ocamlString } from "./quote.js";

/** Whether a program is of 2013, when devices were found in the module OS: `depends: mirage`, or `compat: 2013`. */
export function isOf2013({ depends, compat }: Pick<Configuration, "depends" | "compat">): boolean {
  return compat !== undefined || depends.some(({ value }) => value === "mirage");
}

/** The library that has the module OS of 2013, a part of the target's runtime. */
export function libraryOf2013({ components: [runtime] }: Target): string {
  return `${runtime?.library}.compat2013`;
}

/** Opened around every module of such a program. */
export const moduleOf2013 = "Mirage_2013";

/** Makes a folder known to `OS.Devices.find_kv_ro`. */
export function registration({ kind, name, driver, holes }: Device): string[] {
  if (kind !== "fs") return [];
  const module = fill(driver.module, holes);
  const value = fill(driver.value ?? "", holes);
  return [
    `OS.Devices.add_kv_ro ${ocamlString(name)} ~size:(${module}.size ${value}) ~read:(${module}.read ${value});`,
  ];
}
