import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { MirageError } from "@mirage/diagnostics";

/** Where distributions put what an ordinary user's PATH often leaves out. */
const systemFolders = ["/usr/sbin", "/sbin"];

/** The path of an installed program. @throws MirageError `ERR_MIRAGE_RUN_PROGRAM` with the hint given */
export function findProgram(name: string, hint: string): string {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...systemFolders];
  const found = folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (found !== undefined) return found;
  throw new MirageError("ERR_MIRAGE_RUN_PROGRAM", `the program ${name} isn't installed`, { hint });
}

/** Refuses a unikernel that can't be started, before anything is set up for it. */
export function checkBinary(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new MirageError("ERR_MIRAGE_RUN_NO_BINARY", `there is no ${path}`, {
      hint: "run `mirage build` first",
    });
  }
  if (stats.isFile() && isExecutable(path)) return;
  throw new MirageError("ERR_MIRAGE_RUN_NOT_EXECUTABLE", `${path} isn't a program`, {
    hint: `run \`mirage build\` again, or check the permissions of the file`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
