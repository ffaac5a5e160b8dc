// Compiles the addon; used to make the shipped prebuilds and as the fallback when it is loaded.
// On Linux it is linked to no C library: it finds node's own when it is loaded. It calls nothing whose
// binary interface differs between glibc and musl, so one addon serves both.
import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** By Node.js's name of a system: the folder of what only that kind of system has, and how it is linked. */
const systems = {
  linux: { folder: "linux", flags: ["-shared", "-fPIC", "-s", "-nostdlib"] },
  darwin: { folder: "bsd", flags: ["-shared", "-undefined", "dynamic_lookup"] },
  freebsd: { folder: "bsd", flags: ["-shared", "-fPIC"] },
  openbsd: { folder: "bsd", flags: ["-shared", "-fPIC"] },
};
const flags = ["-O2", "-fvisibility=hidden"];
const warnings = ["-Wall", "-Wextra", "-Werror=implicit-function-declaration"];
const definitions = ["-DNAPI_VERSION=8"];

export const supportedSystems = Object.keys(systems);

function sources(suffix, platform) {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  return [folder, join(folder, systems[platform].folder)].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(suffix))
      .sort()
      .map((name) => join(folder, name)),
  );
}

export function sourceHash(platform = process.platform) {
  const all = [...systems[platform].flags, ...flags, ...definitions];
  const hash = createHash("sha256").update(all.join(" "));
  for (const path of [...sources(".h", platform), ...sources(".c", platform)]) {
    hash.update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 16);
}

/** `compiler` is a program, or a program and the words before its arguments. */
export function compile(output, compiler, platform = process.platform) {
  const { include_dir } = createRequire(import.meta.url)("node-api-headers");
  const temporary = `${output}.${randomUUID()}.tmp`;
  const [program, ...words] = [compiler].flat();
  mkdirSync(dirname(output), { recursive: true });
  try {
    execFileSync(
      program,
      [
        ...words,
        ...systems[platform].flags,
        ...flags,
        ...warnings,
        ...definitions,
        "-I",
        include_dir,
        ...sources(".c", platform),
        "-o",
        temporary,
      ],
      { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" },
    );
    renameSync(temporary, output);
  } finally {
    rmSync(temporary, { force: true });
  }
}
