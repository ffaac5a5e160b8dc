import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../cache.js";

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

/** Whose packages apt finds: arguments of its programs. */
export type Apt = readonly string[];

/** Those for this machine. */
export const ownApt: Apt = [];

/**
 * Those for other processors, by lists of their own that are fetched once a day; nothing of the
 * machine's own changes.
 */
export function aptFor(architecture: string): Apt {
  const own = execFileSync("dpkg", ["--print-architecture"], { encoding: "utf8" }).trim();
  if (architecture === own) return ownApt;
  const folder = join(cacheFolder(), `apt-${architecture}`);
  const lists = join(folder, "lists");
  const status = join(folder, "status");
  mkdirSync(join(lists, "partial"), { recursive: true });
  mkdirSync(join(folder, "archives/partial"), { recursive: true });
  const settings = [
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    `Dir::State=${folder}`,
    `Dir::State::status=${status}`,
    `Dir::Cache=${folder}`,
    "APT::Sandbox::User=root",
  ].flatMap((setting) => ["-o", setting]);
  const day = 86_400_000;
  if (!existsSync(status) || Date.now() - statSync(status).mtimeMs > day) {
    writeFileSync(status, "");
    apt("apt-get", [...settings, "update"]);
  }
  return settings;
}

/** The packages that a meta-package stands for, in the versions of the day. */
export function dependenciesOf(name: string, from: Apt): string[] {
  const text = apt("apt-cache", [...from, "depends", "--no-recommends", "--no-suggests", name]);
  return [...text.matchAll(/^ +Depends: ([^<\s]+)$/gm)].map(([, dependency = ""]) => dependency);
}

/** Which files hold the packages; downloads nothing. */
export function locate(names: readonly string[], from: Apt): DebianPackage[] {
  const text = apt("apt-get", [...from, "download", "--print-uris", ...names]);
  return [...text.matchAll(/^'[^']*' (([^_]+)_\S+) \d+ (\S+)$/gm)].map(
    ([, file = "", name = "", checksum = ""]) => ({ name, file, checksum }),
  );
}

/** Downloads packages into a folder; apt checks what it downloads. */
export async function download(names: readonly string[], folder: string, from: Apt): Promise<void> {
  try {
    await execute("apt-get", [...from, "download", "-q", ...names], { cwd: folder });
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
