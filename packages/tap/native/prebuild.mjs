// Puts the addon into prebuilds/, in place of whatever was there: for this machine's architecture,
// or with --all for each that is shipped, with Debian's compilers.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile, sourceHash } from "./compile.mjs";

const shipped = { x64: "x86_64-linux-gnu-gcc", arm64: "aarch64-linux-gnu-gcc" };
const wanted = process.argv.includes("--all")
  ? shipped
  : { [process.arch]: process.env.CC || "cc" };

const folder = fileURLToPath(new URL("../prebuilds/", import.meta.url));
rmSync(folder, { recursive: true, force: true });
for (const [arch, compiler] of Object.entries(wanted)) {
  compile(`${folder}linux-${arch}-${sourceHash()}.node`, compiler);
}
