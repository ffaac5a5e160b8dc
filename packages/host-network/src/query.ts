import { execFile } from "node:child_process";
import { delimiter } from "node:path";
import { promisify } from "node:util";

/** Where programs for root lie, which the PATH of others leaves out. */
const systemFolders = ["/usr/sbin", "/sbin"];

/** The environment in which programs are found and speak English. */
export function systemEnv(): { PATH: string; LC_ALL: string } {
  return { PATH: [process.env.PATH ?? "", ...systemFolders].join(delimiter), LC_ALL: "C" };
}

/** What a command prints; its failure is the caller's to explain. */
export async function query(command: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...systemEnv() };
  const { stdout } = await promisify(execFile)(command, [...args], {
    encoding: "utf8",
    env,
    maxBuffer: 2 ** 26,
  });
  return stdout;
}
