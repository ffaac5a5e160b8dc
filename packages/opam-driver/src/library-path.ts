import { execFile } from "node:child_process";
import { delimiter } from "node:path";
import { promisify } from "node:util";
import { switchEnvironment } from "./environment.js";
import type { OpamTarget } from "./target.js";

/**
 * The folders in which findlib and dune look for libraries of the switch, and of the distribution
 * under it, first things first. Without an ocamlfind, the switch's own only. The switch need not
 * exist yet.
 */
export async function libraryPath(target: OpamTarget): Promise<readonly string[]> {
  const own = switchEnvironment(target);
  const env = { ...process.env, ...own };
  const asked = promisify(execFile)("ocamlfind", ["printconf", "path"], { encoding: "utf8", env });
  const found = await asked.then(
    ({ stdout }) => stdout.split("\n").filter((folder) => folder !== ""),
    () => [],
  );
  const first = (own.OCAMLPATH ?? "").split(delimiter);
  return [...new Set([...first, ...found])];
}
