import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { MirageError } from "@mirage/diagnostics";
import { aptCommand } from "./apt.js";

/**
 * The version of the opam on the PATH.
 * @throws MirageError `ERR_MIRAGE_OPAM_MISSING`, with one apt command that brings opam and the given
 * Debian packages; `ERR_MIRAGE_OPAM_TOO_OLD` before opam 2.1.
 */
export async function findOpam(missingSystemPackages: readonly string[]): Promise<string> {
  const version = await promisify(execFile)("opam", ["--version"], { encoding: "utf8" }).catch(
    (cause: unknown) => {
      throw new MirageError("ERR_MIRAGE_OPAM_MISSING", "opam is not installed", {
        cause,
        hint: `install with: ${aptCommand(["opam", ...missingSystemPackages])}`,
      });
    },
  );
  const found = version.stdout.trim();
  const [major = 0, minor = 0] = found.split(".").map(Number);
  if (major < 2 || (major === 2 && minor < 1)) {
    throw new MirageError("ERR_MIRAGE_OPAM_TOO_OLD", `opam ${found} is too old`, {
      hint: "install opam 2.1 or later",
    });
  }
  return found;
}
