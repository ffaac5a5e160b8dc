import { relative } from "node:path";

/** The .conf file of a command: the one that is named, or the only one of this folder. */
export async function confPath(file: string | undefined): Promise<string> {
  if (file !== undefined) return file;
  const { findConf } = await import("@mirage/conf/find");
  return relative(process.cwd(), await findConf(process.cwd()));
}
