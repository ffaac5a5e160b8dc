import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fromSystemError, MirageError } from "@mirage/diagnostics";

const listed = 10;

/**
 * The path of the only `*.conf` file in a folder.
 * @throws MirageError `ERR_MIRAGE_CONF_NONE`, `ERR_MIRAGE_CONF_SEVERAL`, which lists them, or one of the
 * operating system
 */
export async function findConf(directory: string): Promise<string> {
  const names = (await entriesOf(directory))
    .filter((entry) => /[^/]\.conf$/.test(entry.name) && !entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const [name, ...others] = names;
  if (name === undefined) {
    throw new MirageError("ERR_MIRAGE_CONF_NONE", `there is no .conf file in ${directory}`, {
      hint: "write one, change to the folder of the application, or name the file on the command line",
    });
  }
  if (others.length > 0) {
    const rest = names.length > listed ? ` and ${names.length - listed} more` : "";
    throw new MirageError(
      "ERR_MIRAGE_CONF_SEVERAL",
      `there are ${names.length} .conf files in ${directory}: ${names.slice(0, listed).map(shown).join(", ")}${rest}`,
      { hint: "name one of them on the command line" },
    );
  }
  return join(directory, name);
}

/** A name as it may stand in a message. */
function shown(name: string): string {
  return /\p{Cc}/u.test(name) ? JSON.stringify(name) : name;
}

async function entriesOf(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    throw fromSystemError(error);
  }
}

/**
 * Refuses what is no file before anything is made of it.
 * @throws MirageError `ERR_MIRAGE_CONF_NO_FILE`, `ERR_MIRAGE_SYSTEM_*`
 */
export async function requireConfFile(path: string): Promise<void> {
  const found = await stat(path).catch((error) => {
    throw fromSystemError(error, path);
  });
  if (!found.isFile()) throw noFile(path, found.isDirectory());
}

/** What is said of a path that names no file. */
export function noFile(path: string, isFolder: boolean): MirageError {
  return new MirageError("ERR_MIRAGE_CONF_NO_FILE", `${path} is not a file`, {
    hint: isFolder
      ? "name the .conf file, or run the command in that folder without naming one"
      : "name a .conf file",
  });
}
