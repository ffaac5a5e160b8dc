import { checkXlLines } from "@mirage/codegen";
import { type LoadedConf, loadConf } from "@mirage/conf";
import { MirageError } from "@mirage/diagnostics";

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
