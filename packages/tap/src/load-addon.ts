import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { compile, sourceHash, supportedSystems } from "../native/compile.mjs";

export interface AddonPlaces {
  /** Folder of the prebuilt addons that the package ships. */
  readonly prebuilds: string;
  /** Folder for an addon compiled on this machine. */
  readonly cache: string;
  /** Program that compiles C. */
  readonly compiler: string;
}

/**
 * Loads the prebuilt addon if it fits this machine, or else one compiled from the C sources of this
 * package, kept in the cache under the hash of the sources and the architecture.
 */
export function loadAddon({ prebuilds, cache, compiler }: AddonPlaces): unknown {
  if (!supportedSystems.includes(process.platform)) {
    throw new MirageError(
      "ERR_MIRAGE_TAP_PLATFORM",
      `TUN/TAP devices can be opened on ${supportedSystems.join(", ")}, and this is ${process.platform}`,
      { hint: "run it on one of these, or in a virtual machine" },
    );
  }
  const require = createRequire(import.meta.url);
  const name = `${process.platform}-${process.arch}-${sourceHash()}.node`;
  try {
    return require(join(prebuilds, name));
  } catch {
    // There is none for this architecture: compile one.
  }
  const compiled = join(cache, name);
  if (!existsSync(compiled)) compileWith(compiler, compiled);
  try {
    return require(compiled);
  } catch (cause) {
    throw new MirageError("ERR_MIRAGE_TAP_NATIVE", `the compiled addon ${compiled} doesn't load`, {
      cause,
      hint: "remove that file to have it compiled again",
    });
  }
}

function compileWith(compiler: string, output: string): void {
  try {
    compile(output, compiler);
  } catch (cause) {
    const { code, path, status, stderr } = cause as NodeJS.ErrnoException & {
      status?: number | null;
      stderr?: string;
    };
    if (typeof status === "number") {
      throw new MirageError(
        "ERR_MIRAGE_TAP_COMPILE",
        `${compiler} can't compile the TUN/TAP addon:\n${stderr?.trim()}`,
        { cause, hint: compilerHint },
      );
    }
    if (code === "ENOENT" && path === compiler) {
      throw new MirageError(
        "ERR_MIRAGE_TAP_NO_COMPILER",
        `the TUN/TAP addon has to be compiled on this machine, and there is no C compiler \`${compiler}\``,
        { cause, hint: compilerHint },
      );
    }
    throw new MirageError("ERR_MIRAGE_TAP_CACHE", `can't write the compiled addon ${output}`, {
      cause,
      hint: "set XDG_CACHE_HOME to a folder that you can write",
    });
  }
}

const compilerHint =
  process.platform === "darwin"
    ? "install a C compiler: `xcode-select --install`"
    : "install a C compiler: `apt-get install gcc libc6-dev`, or on Alpine `apk add build-base linux-headers`";
