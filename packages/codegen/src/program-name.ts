import type { Configuration } from "@mirage/conf";
import type { Target } from "@mirage/types";
import { fill } from "./fill.js";

/** The file name of the program that a build leaves in the application folder. */
export function programName(configuration: Pick<Configuration, "name">, target: Target): string {
  return fill(target.link.program, { name: configuration.name.value });
}

/** The program and the files that linking leaves beside it. */
export function programFiles({
  configuration,
  target,
}: {
  readonly configuration: Pick<Configuration, "name">;
  readonly target: Target;
}): string[] {
  const name = programName(configuration, target);
  return [
    name,
    ...(target.link.byproducts ?? []).map((suffix) => `${name}${suffix}`),
    ...(target.link.static ? [staticProgram(name)] : []),
  ];
}

/** The file name of the same program, linked to need nothing of the host's files. */
export function staticProgram(program: string): string {
  return `${program}.static`;
}
