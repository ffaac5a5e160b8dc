// Compiles the addon; used to make the shipped prebuilds and as the fallback when it is loaded.
// It is linked to no C library: it finds node's own when it is loaded. It calls nothing whose
// binary interface differs between glibc and musl, so one addon serves both.
import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const flags = ["-shared", "-fPIC", "-O2", "-s", "-nostdlib", "-fvisibility=hidden"];
const warnings = ["-Wall", "-Wextra"];
const definitions = ["-DNAPI_VERSION=8"];

function sources(suffix) {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  return readdirSync(folder)
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => join(folder, name));
}

export function sourceHash() {
  const hash = createHash("sha256").update([...flags, ...definitions].join(" "));
  for (const path of [...sources(".h"), ...sources(".c")]) hash.update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
}

export function compile(output, compiler) {
  const { include_dir } = createRequire(import.meta.url)("node-api-headers");
  const temporary = `${output}.${randomUUID()}.tmp`;
  mkdirSync(dirname(output), { recursive: true });
  try {
    execFileSync(
      compiler,
      [...flags, ...warnings, ...definitions, "-I", include_dir, ...sources(".c"), "-o", temporary],
      { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" },
    );
    renameSync(temporary, output);
  } finally {
    rmSync(temporary, { force: true });
  }
}
