import { dirname, relative, resolve } from "node:path";
import { findConf, type LoadedConf, loadConf } from "@mirage/conf";
import { renderDiagnostic } from "@mirage/diagnostics";
import { say, stderrColor } from "./terminal.js";

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
  const loaded = await loadConf(await confPath(file));
  for (const warning of loaded.warnings) say(renderDiagnostic(warning, { color: stderrColor() }));
  return loaded;
}
