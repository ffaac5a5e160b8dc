import { readdirSync } from "node:fs";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { entryKind, type Plan } from "@mirage/plan";
import type { ConfiguredFolder } from "./configured.js";

/**
 * Calls the generated Makefile of an application's folder.
 * @throws MirageError `ERR_MIRAGE_FOLDER_LINK` if what the build writes to is a link
 */
export function compile({
  directory,
  name,
  program,
}: Pick<ConfiguredFolder, "directory" | "name" | "program">): Plan {
  // Linkers leave more beside a program, all of whose names begin with that of the program.
  const beside = readdirSync(directory).filter((entry) => entry.startsWith(program));
  for (const path of [".mirage/crunch", "_build", ...beside]) refuseLink(directory, path);
  const args = ["--silent", "-C", directory, "build"];
  return [{ kind: "run", command: "make", args, title: `compiling ${name}` }];
}

/** A build writes where its tools are told to, and they follow links. */
function refuseLink(directory: string, path: string): void {
  if (entryKind(directory, path) !== "link") return;
  throw new MirageError("ERR_MIRAGE_FOLDER_LINK", `${join(directory, path)} is a symbolic link`, {
    hint: "the build would write to where it leads: remove it",
  });
}
