import type { Plan } from "@mirage/plan";

/** Calls the generated Makefile of an application's folder. */
export function compile(directory: string, name: string): Plan {
  const args = ["--silent", "-C", directory, "build"];
  return [{ kind: "run", command: "make", args, title: `compiling ${name}` }];
}
