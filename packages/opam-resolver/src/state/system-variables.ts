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
import { isValidVersion } from "@mirage/opam-file/version";
import { defaultCacheFolder } from "../repository/cache-folder.js";
import type { VariableLookup } from "../universe/environment.js";

/** The newest opam whose answers these have been compared with. */
const newestOpam = "2.5.2";

const architectures: Readonly<Record<string, string>> = {
  x64: "x86_64",
  ia32: "x86_32",
  arm: "arm32",
  arm64: "arm64",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
};

const ocamlArchitectures: Readonly<Record<string, string>> = { i386: "i686", amd64: "x86_64" };

const systems: Readonly<Record<string, string>> = { darwin: "macos", win32: "win32" };

export interface SystemOptions {
  /** Where it is kept what the system's OCaml and opam say of themselves; false: nowhere. */
  readonly cacheFolder?: string | false;
  /** As which opam to answer; by default the one on the PATH, or the newest known. */
  readonly opamVersion?: string;
}

/**
 * opam's global variables for this machine. What the system's OCaml tells (`sys-ocaml-version` and
 * others) is found out when first asked for.
 * Source: "Global variables" in the opam manual; os-release(5).
 */
export function systemVariables(options: SystemOptions = {}): VariableLookup {
  const os = systems[platform()] ?? platform();
  const distribution = os === "linux" ? osRelease() : { id: os, family: os, version: release() };
  const known: Readonly<Record<string, string>> = {
    arch: architectures[arch()] ?? arch(),
    os,
    "os-distribution": distribution.id,
    "os-family": distribution.family,
    "os-version": distribution.version,
    make: "make",
    exe: os === "win32" ? ".exe" : "",
  };
  const folder = options.cacheFolder ?? defaultCacheFolder();
  let ocaml: Readonly<Record<string, string>> | undefined;
  let opam = options.opamVersion;
  return (name) => {
    if (name === "opam-version") {
      opam ??= toldBy("opam", folder, askOpam)["opam-version"] ?? newestOpam;
      return opam;
    }
    if (!name.startsWith("sys-ocaml-")) return Object.hasOwn(known, name) ? known[name] : undefined;
    ocaml ??= toldBy("ocamlc", folder, askCompiler);
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

/** Variables that a program on the PATH tells; none if there is no such program. */
function toldBy(
  program: string,
  cacheFolder: string | false,
  ask: () => Record<string, string>,
): Readonly<Record<string, string>> {
  const file = findProgram(program);
  if (file === undefined) return {};
  // Asking takes as long as answering a question.
  const path = cacheFolder === false ? undefined : join(cacheFolder, `${program}.json`);
  const known = path === undefined ? undefined : readKnown(path);
  if (known?.file === file) return known.variables;
  const variables = ask();
  if (path !== undefined) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}.tmp`;
      writeFileSync(temporary, JSON.stringify({ file, variables } satisfies KnownProgram));
      renameSync(temporary, path);
    } catch {
      // It will be asked again.
    }
  }
  return variables;
}

interface KnownProgram {
  /** What {@link findProgram} said. */
  readonly file: string;
  readonly variables: Readonly<Record<string, string>>;
}

function readKnown(path: string): KnownProgram | undefined {
  try {
    const known = JSON.parse(readFileSync(path, "utf8"));
    const { file, variables } = known;
    return typeof file === "string" && typeof variables === "object" && variables !== null
      ? { file, variables }
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

function askOpam(): Record<string, string> {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { stdout, status } = spawnSync("opam", ["--version"], { encoding: "utf8" });
  const version = status === 0 ? stdout.trim() : "";
  return isValidVersion(version) ? { "opam-version": version } : {};
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
    "sys-ocaml-arch": ocamlArchitectures[architecture] ?? architecture,
    "sys-ocaml-cc": config.get("ccomp_type") ?? "",
    "sys-ocaml-system": config.get("system") ?? "",
    "sys-ocaml-libc": config.get("os_type") === "Win32" ? "msvc" : "libc",
  };
}
