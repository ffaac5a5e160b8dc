import type { Configuration, Filesystem } from "@mirage/conf";

/** The folder, within the application's, for what mirage-crunch writes at build time. */
export const crunchFolder = ".mirage/crunch";

/** Of what mirage-crunch writes: the name of the sources in C and JavaScript, and the data. */
export function crunched({ name }: Filesystem): { stubs: string; data: string } {
  return { stubs: `filesystem_${name}_stubs`, data: `${crunchFolder}/filesystem_${name}.bin` };
}

/** What mirage-crunch is told of a file system. Compressed forms are of use to an HTTP server only. */
export function crunchOptions(
  configuration: Configuration,
  { links, compress, cacheControl, lastModified }: Filesystem,
): string[] {
  const codings = compress?.value ?? (configuration.http ? ["gzip"] : []);
  return [
    ...(links?.value === "outside" ? ["--links", "outside"] : []),
    ...codings.flatMap((coding) => ["--compress", coding]),
    ...(cacheControl ? ["--cache-control", cacheControl.value] : []),
    ...(lastModified ? ["--last-modified", new Date(lastModified.value).toUTCString()] : []),
  ];
}
