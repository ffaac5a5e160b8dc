import {
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { arch, platform, release } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { defaultCacheFolder } from "../repository/cache-folder.js";
import type { VariableLookup } from "../universe/environment.js";

/** The version of opam whose behaviour is followed. */
const OPAM_VERSION = "2.1.2";

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: "x86_64",
  ia32: "x86_32",
  arm: "arm32",
  arm64: "arm64",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
};

const OCAML_ARCHITECTURES: Readonly<Record<string, string>> = { i386: "i686", amd64: "x86_64" };

const SYSTEMS: Readonly<Record<string, string>> = { darwin: "macos", win32: "win32" };

export interface SystemOptions {
  /** Where it is kept what the system's OCaml says of itself; false: nowhere. */
  readonly cacheFolder?: string | false;
}

/**
 * opam's global variables for this machine. What the system's OCaml tells (`sys-ocaml-version` and
 * others) is found out when first asked for.
 * Source: "Global variables" in the opam manual; os-release(5).
 */
export function systemVariables(options: SystemOptions = {}): VariableLookup {
  const os = SYSTEMS[platform()] ?? platform();
  const distribution = os === "linux" ? osRelease() : { id: os, family: os, version: release() };
  const known: Readonly<Record<string, string>> = {
    "opam-version": OPAM_VERSION,
    arch: ARCHITECTURES[arch()] ?? arch(),
    os,
    "os-distribution": distribution.id,
    "os-family": distribution.family,
    "os-version": distribution.version,
    make: "make",
    exe: os === "win32" ? ".exe" : "",
  };
  let ocaml: Readonly<Record<string, string>> | undefined;
  return (name) => {
    if (!name.startsWith("sys-ocaml-")) return Object.hasOwn(known, name) ? known[name] : undefined;
    ocaml ??= systemOcaml(options.cacheFolder ?? defaultCacheFolder());
    return Object.hasOwn(ocaml, name) ? ocaml[name] : undefined;
  };
}

function osRelease(): { id: string; family: string; version: string } {
  let text = "";
  for (const path of ["/etc/os-release", "/usr/lib/os-release"]) {
    try {
      text = readFileSync(path, "utf8");
      break;
    } catch {
      // Try the next one.
    }
  }
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}=["']?([^"'\\n]*)`, "m").exec(text)?.[1]?.toLowerCase();
  const id = field("ID") ?? "linux";
  return { id, family: field("ID_LIKE")?.split(" ")[0] ?? id, version: field("VERSION_ID") ?? "" };
}

/** The variables about the system's OCaml; none if there is no such thing. */
function systemOcaml(cacheFolder: string | false): Readonly<Record<string, string>> {
  const compiler = findProgram("ocamlc");
  if (compiler === undefined) return {};
  // Asking the compiler takes as long as answering a question.
  const path = cacheFolder === false ? undefined : join(cacheFolder, "ocaml.json");
  const known = path === undefined ? undefined : readKnown(path);
  if (known?.compiler === compiler) return known.variables;
  const variables = askCompiler();
  if (path !== undefined) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}.tmp`;
      writeFileSync(temporary, JSON.stringify({ compiler, variables } satisfies KnownCompiler));
      renameSync(temporary, path);
    } catch {
      // It will be asked again.
    }
  }
  return variables;
}

interface KnownCompiler {
  /** What {@link findProgram} said. */
  readonly compiler: string;
  readonly variables: Readonly<Record<string, string>>;
}

function readKnown(path: string): KnownCompiler | undefined {
  try {
    const known = JSON.parse(readFileSync(path, "utf8"));
    const { compiler, variables } = known;
    return typeof compiler === "string" && typeof variables === "object" && variables !== null
      ? { compiler, variables }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The file that a command runs, and what tells that it was replaced. */
function findProgram(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, platform() === "win32" ? `${name}.exe` : name);
    try {
      const { size, mtimeMs, ino, mode } = statSync(path);
      if ((mode & 0o111) === 0) continue;
      return `${realpathSync(path)} ${size} ${mtimeMs} ${ino}`;
    } catch {
      // Try the next folder.
    }
  }
  return undefined;
}

function askCompiler(): Record<string, string> {
  // Loaded only when it is needed, which is once.
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { stdout, status } = spawnSync("ocamlc", ["-config"], { encoding: "utf8" });
  if (status !== 0) return {};
  const config = new Map(
    [...stdout.matchAll(/^([a-z_]+): (.*)$/gm)].map(([, key, value]) => [key, value ?? ""]),
  );
  const architecture = config.get("architecture") ?? "";
  return {
    "sys-ocaml-version": config.get("version") ?? "",
    "sys-ocaml-arch": OCAML_ARCHITECTURES[architecture] ?? architecture,
    "sys-ocaml-cc": config.get("ccomp_type") ?? "",
    "sys-ocaml-libc": config.get("os_type") === "Win32" ? "msvc" : "libc",
  };
}
