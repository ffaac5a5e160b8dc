import { execFile, execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** A Debian package in the version that apt would install. */
export interface DebianPackage {
  readonly name: string;
  /** Its file, which names the version. */
  readonly file: string;
  readonly checksum: string;
}

/** apt knows no such package, or does not reach its servers. */
export class PackagesUnavailable extends Error {
  constructor(cause: unknown) {
    const { stderr } = cause as { stderr?: string };
    super(`apt: ${stderr?.trim() || String(cause)}`, { cause });
  }
}

/** The packages that a meta-package stands for, in the versions of the day. */
export function dependenciesOf(name: string): string[] {
  const text = apt("apt-cache", ["depends", "--no-recommends", "--no-suggests", name]);
  return [...text.matchAll(/^ +Depends: ([^<\s]+)$/gm)].map(([, dependency = ""]) => dependency);
}

/** Which files hold the packages; downloads nothing. */
export function locate(names: readonly string[]): DebianPackage[] {
  const text = apt("apt-get", ["download", "--print-uris", ...names]);
  return [...text.matchAll(/^'[^']*' (([^_]+)_\S+) \d+ (\S+)$/gm)].map(
    ([, file = "", name = "", checksum = ""]) => ({ name, file, checksum }),
  );
}

/** Downloads packages into a folder; apt checks what it downloads. */
export async function download(names: readonly string[], folder: string): Promise<void> {
  try {
    await execute("apt-get", ["download", "-q", ...names], { cwd: folder });
  } catch (error) {
    throw new PackagesUnavailable(error);
  }
}

/** Unpacks a downloaded package, or only the given members (`./boot/…`), without installing it. */
export async function unpack(
  { name }: DebianPackage,
  downloads: string,
  folder: string,
  members: readonly string[] = [],
): Promise<void> {
  const file = readdirSync(downloads).find((candidate) => candidate.startsWith(`${name}_`));
  if (file === undefined) throw new Error(`apt did not download ${name}`);
  const script =
    'deb=$1 to=$2; shift 2; dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$to" --wildcards "$@"';
  const args = ["-o", "pipefail", "-c", script, "bash", join(downloads, file), folder];
  await execute("bash", [...args, ...members]);
}

function apt(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new PackagesUnavailable(error);
  }
}
