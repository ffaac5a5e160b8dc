import type { Filesystem } from "@mirage/conf";

/** The folder, within the application's, for what mirage-crunch writes at build time. */
export const crunchFolder = ".mirage/crunch";

/** Of what mirage-crunch writes: the C source, without its suffix, and the data it includes. */
export function crunched({ name }: Filesystem): { stubs: string; data: string } {
  return { stubs: `filesystem_${name}_stubs`, data: `${crunchFolder}/filesystem_${name}.bin` };
}
