import type { Plan } from "@mirage/plan";
import type { ConfiguredFolder } from "./configured.js";

/** Calls the generated Makefile of an application's folder. */
export function compile({ directory, name }: Pick<ConfiguredFolder, "directory" | "name">): Plan {
  const args = ["--silent", "-C", directory, "build"];
  return [{ kind: "run", command: "make", args, title: `compiling ${name}` }];
}
