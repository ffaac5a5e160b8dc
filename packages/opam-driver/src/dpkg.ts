import { readFile, stat } from "node:fs/promises";

const statusFile = "/var/lib/dpkg/status";

/** Packages of the distribution that are installed. */
export interface DpkgState {
  /** Version by name; a virtual package has the version of one that provides it. */
  readonly versions: ReadonlyMap<string, string>;
}

/** Changes whenever dpkg's database does; undefined where there is no dpkg. */
export async function dpkgStamp(): Promise<string | undefined> {
  const found = await stat(statusFile).catch(() => undefined);
  return found && `${found.mtimeMs}/${found.size}/${found.ino}`;
}

/** What dpkg has installed; undefined where there is no dpkg. */
export async function readDpkg(): Promise<DpkgState | undefined> {
  const text = await readFile(statusFile, "utf8").catch(() => undefined);
  return text === undefined ? undefined : parseDpkgStatus(text);
}

/** Reads the text of dpkg's status file. */
export function parseDpkgStatus(text: string): DpkgState {
  const versions = new Map<string, string>();
  const virtual = new Map<string, string>();
  for (const paragraph of text.split("\n\n")) {
    if (!/^Status: \S+ \S+ installed$/m.test(paragraph)) continue;
    const name = /^Package: (.+)$/m.exec(paragraph)?.[1];
    const version = /^Version: (.+)$/m.exec(paragraph)?.[1];
    if (name === undefined || version === undefined) continue;
    versions.set(name, version);
    for (const provided of (/^Provides: (.+)$/m.exec(paragraph)?.[1] ?? "").split(",")) {
      const virtualName = provided.replace(/\(.*/, "").trim();
      if (virtualName !== "") virtual.set(virtualName, version);
    }
  }
  return { versions: new Map([...virtual, ...versions]) };
}
