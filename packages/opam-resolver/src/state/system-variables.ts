import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, platform, release } from "node:os";
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

/**
 * opam's global variables for this machine. What the system's OCaml tells (`sys-ocaml-version` and
 * others) is found out when first asked for.
 * Source: "Global variables" in the opam manual; os-release(5).
 */
export function systemVariables(): VariableLookup {
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
    ocaml ??= systemOcaml();
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
function systemOcaml(): Record<string, string> {
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
