import { relative } from "node:path";
import { checkXlLines } from "@mirage/codegen";
import { findConf, type LoadedConf, loadConf } from "@mirage/conf";
import { MirageError } from "@mirage/diagnostics";

/** The .conf file of a command: the one that is named, or the only one of this folder. */
export async function confPath(file: string | undefined): Promise<string> {
  return file ?? relative(process.cwd(), await findConf(process.cwd()));
}

/** The .conf file, its lines for xl included. @throws MirageError for all that is wrong in it */
export async function loadChecked(path: string): Promise<LoadedConf> {
  const loaded = await loadConf(path);
  const problems = checkXlLines(loaded.configuration);
  if (problems.some(({ severity }) => severity === "error")) {
    const details = [...loaded.warnings, ...problems];
    throw new MirageError("ERR_MIRAGE_XL_CONFIG", `${path} has lines that xl refuses`, { details });
  }
  return { ...loaded, warnings: [...loaded.warnings, ...problems] };
}
