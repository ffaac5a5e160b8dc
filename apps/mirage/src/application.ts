import { dirname, relative, resolve } from "node:path";
import { checkXlLines } from "@mirage/codegen";
import { findConf, type LoadedConf, loadConf } from "@mirage/conf";
import { MirageError, renderDiagnostic } from "@mirage/diagnostics";
import { say, stderrColor } from "./terminal/terminal.js";

/** The .conf file of a command: the one that is named, or the only one of this folder. */
export async function confPath(file: string | undefined): Promise<string> {
  return file ?? relative(process.cwd(), await findConf(process.cwd()));
}

/** The folder of an application: where its .conf file lies, absolute. */
export async function applicationFolder(file: string | undefined): Promise<string> {
  return dirname(resolve(await confPath(file)));
}

/** The validated .conf file of a command; warnings go to stderr. */
export async function loadApplication(file: string | undefined): Promise<LoadedConf> {
  const loaded = await loadChecked(await confPath(file));
  for (const warning of loaded.warnings) say(renderDiagnostic(warning, { color: stderrColor() }));
  return loaded;
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
