import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { aptCommand } from "../apt.js";

/** What making programs for other processors takes of this machine. */
export interface CrossTools {
  /** Debian's name of the processors. */
  readonly name: string;
  /** The prefix of the compiler and its like. */
  readonly tools: string;
  readonly packages: readonly string[];
}

/** Linux's name of the processors in binfmt_misc, as Debian registers them. */
const registered: Readonly<Record<string, string>> = {
  amd64: "qemu-x86_64",
  arm64: "qemu-aarch64",
};

/** The name under which Linux knows who runs programs for these processors. */
export function emulatorOf(name: string): string {
  return registered[name] ?? name;
}

/**
 * @throws MirageError `ERR_MIRAGE_CROSS_TOOLS` if a program is missing, or nobody runs the programs of
 * these processors
 */
export async function requireCrossTools({ name, tools, packages }: CrossTools): Promise<void> {
  for (const program of [`${tools}gcc`, "dune", "ocamlfind"]) {
    if (await isOnPath(program)) continue;
    const all = [...packages, "binfmt-support", "ocaml-dune", "ocaml-findlib"];
    throw new MirageError("ERR_MIRAGE_CROSS_TOOLS", `there is no ${program} to build for ${name}`, {
      hint: `install with: ${aptCommand(all)}`,
    });
  }
  const entry = join("/proc/sys/fs/binfmt_misc", emulatorOf(name));
  if (await isThere(entry, constants.F_OK)) return;
  throw new MirageError(
    "ERR_MIRAGE_CROSS_TOOLS",
    `this machine does not run programs for ${name}: OCaml's compiler is one`,
    {
      hint: `install with: ${aptCommand(["qemu-user-static", "binfmt-support"])}; in a container, also \`mount -t binfmt_misc none /proc/sys/fs/binfmt_misc\` and \`update-binfmts --enable\` as root`,
    },
  );
}

async function isOnPath(name: string): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = await Promise.all(
    folders.map((folder) => isThere(join(folder, name), constants.X_OK)),
  );
  return found.includes(true);
}

function isThere(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
