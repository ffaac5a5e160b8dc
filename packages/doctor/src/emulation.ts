import { constants } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "./finding.js";
import { may } from "./look.js";

/** Other processors than this machine's, and what making programs for them takes. */
export interface Processors {
  /** As `--arch` calls them. */
  readonly name: string;
  /** The C compiler that makes programs for them. */
  readonly compiler: string;
  /** Debian packages that bring it, and the emulator that Linux calls by itself. */
  readonly packages: readonly string[];
  /** What emulates whole machines, and its package. */
  readonly qemu: { readonly program: string; readonly package: string };
  /** Debian's name of that emulator in binfmt_misc. */
  readonly emulator: string;
}

const registry = "/proc/sys/fs/binfmt_misc";

/** That Linux runs programs for these processors: OCaml's compiler for them is one. */
export function emulationCheck(
  { name, packages, emulator }: Processors,
  folder: string = registry,
): Check {
  return {
    name: "emulation",
    async examine() {
      const entry = join(folder, emulator);
      if (await may(entry, constants.F_OK)) return { state: "ok", detail: entry };
      const detail = `Linux does not run programs for ${name}; needed by OCaml's compiler for them`;
      if (await may(join(folder, "status"), constants.F_OK)) {
        const names = ["binfmt-support", ...packages];
        return { state: "missing", detail, fix: { kind: "packages", names } };
      }
      const words = ["mount", "-t", "binfmt_misc", "binfmt_misc", folder];
      return { state: "missing", detail, fix: { kind: "command", words, asRoot: true } };
    },
  };
}
