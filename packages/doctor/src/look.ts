import { execFile } from "node:child_process";
import { access, constants, statfs } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

/** Where distributions put what an ordinary user's PATH often leaves out. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The path of a program, if there is one. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...systemFolders];
  for (const folder of folders) {
    const path = join(folder, name);
    if (folder !== "" && (await may(path, constants.X_OK))) return path;
  }
  return undefined;
}

/** Whether this user may use a file in that way: `R_OK` and so on. */
export async function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** What a command prints, or nothing if it fails. */
export async function output(
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      encoding: "utf8",
      timeout: 20_000,
      env: { ...process.env, LC_ALL: "C" },
    });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

/** Bytes that this user may still write where a path is, or will be. */
export async function freeBytes(path: string): Promise<number> {
  const found = await statfs(path).catch(() => undefined);
  if (found) return found.bavail * found.bsize;
  return dirname(path) === path ? 0 : freeBytes(dirname(path));
}

/** Whether one version, as numbers with dots between, is at least the other. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [have, want] = [version, minimum].map((text) => text.split(".").map(Number));
  for (const [index, number] of (want ?? []).entries()) {
    const other = have?.[index] ?? 0;
    if (other !== number) return other > number;
  }
  return true;
}
