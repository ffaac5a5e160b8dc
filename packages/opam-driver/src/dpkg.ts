import { readFile, stat } from "node:fs/promises";
import { sysrootStatus } from "./sysroot/sysroot.js";
import type { OpamTarget } from "./target.js";

/** The list of the packages that a switch is over. */
function statusFile({ sysroot }: Pick<OpamTarget, "sysroot">): string {
  return sysroot === undefined ? "/var/lib/dpkg/status" : sysrootStatus(sysroot);
}

/** Packages of the distribution that are installed. */
export interface DpkgState {
  /** Version by name; a virtual package has the version of one that provides it. */
  readonly versions: ReadonlyMap<string, string>;
}

/** Changes whenever dpkg's database does; undefined where there is no dpkg. */
export async function dpkgStamp(target: Pick<OpamTarget, "sysroot">): Promise<string | undefined> {
  const found = await stat(statusFile(target)).catch(() => undefined);
  return found && `${found.mtimeMs}/${found.size}/${found.ino}`;
}

/** What dpkg has installed, or is in the sysroot; undefined where there is no dpkg. */
export async function readDpkg(
  target: Pick<OpamTarget, "sysroot">,
): Promise<DpkgState | undefined> {
  const none = target.sysroot === undefined ? undefined : "";
  const text = await readFile(statusFile(target), "utf8").catch(() => none);
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
