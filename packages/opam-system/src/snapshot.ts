import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { MirageError } from "@mirage/diagnostics";
import { debianTools } from "./debian-tools.js";
import type { DebianSnapshot } from "./universe.js";

/** dpkg's database of installed packages. */
export const dpkgStatus = "/var/lib/dpkg/status";

/**
 * Asks apt and dpkg of this machine for the OCaml packages.
 * @throws MirageError `ERR_MIRAGE_SYSTEM_NOT_DEBIAN` where there is no apt.
 */
export async function readDebianSnapshot(signal?: AbortSignal): Promise<DebianSnapshot> {
  const [available, installed] = await Promise.all([
    aptCacheShow(["lib*-ocaml-dev", ...debianTools], signal),
    readFile(dpkgStatus, "utf8").catch(notDebian),
  ]);
  return { available, installed };
}

/** What apt says of these packages, as far as it knows them. */
async function aptCacheShow(
  patterns: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const args = ["show", "--no-all-versions", ...patterns];
  const options = {
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: 64 * 1024 * 1024,
    ...(signal ? { signal } : {}),
  };
  try {
    return (await promisify(execFile)("apt-cache", args, options)).stdout;
  } catch (error) {
    if (signal?.aborted) throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
    const { code, stdout } = error as { code?: unknown; stdout?: unknown };
    if (typeof code === "number" && typeof stdout === "string") return stdout;
    return notDebian(error);
  }
}

function notDebian(cause: unknown): never {
  throw new MirageError(
    "ERR_MIRAGE_SYSTEM_NOT_DEBIAN",
    "the distribution's OCaml libraries can only be used where apt and dpkg manage the packages",
    {
      cause,
      hint: "have packages of opam's repository in a switch of yours: `opam switch create mirage 5.3.0`, and mirage's option --switch mirage",
    },
  );
}
