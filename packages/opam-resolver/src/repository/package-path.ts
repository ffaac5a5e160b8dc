/** A package's name and version by the path of its opam file in a repository, undefined for others. */
export function packageOfPath(path: string): { name: string; version: string } | undefined {
  if (!path.endsWith("/opam")) return undefined;
  const end = path.length - "/opam".length;
  const start = path.lastIndexOf("/", end - 1) + 1;
  const packages = path.indexOf("packages/");
  if (packages < 0 || packages >= start || (packages > 0 && path[packages - 1] !== "/")) {
    return undefined;
  }
  return splitPackage(path.slice(start, end));
}

/** Splits `name.version`. */
export function splitPackage(text: string): { name: string; version: string } | undefined {
  const dot = text.indexOf(".");
  if (dot <= 0 || dot === text.length - 1) return undefined;
  return { name: text.slice(0, dot), version: text.slice(dot + 1) };
}
