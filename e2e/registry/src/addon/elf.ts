import { execFileSync } from "node:child_process";

/** The libraries that an ELF file is linked to. */
export function neededLibraries(file: string): string[] {
  const text = execFileSync("readelf", ["--wide", "--dynamic", file], { encoding: "utf8" });
  return [...text.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name = ""]) => name);
}

/** Names of the symbols that an ELF file takes from others, or has for others. */
export function symbols(file: string, which: "taken" | "offered"): string[] {
  const args = ["--wide", "--dyn-syms", file];
  const text = execFileSync("readelf", args, { encoding: "utf8", maxBuffer: 1 << 26 });
  return text
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[7] !== undefined && (fields[6] === "UND") === (which === "taken"))
    .map((fields) => `${fields[7]}`.replace(/@.*/, ""));
}
