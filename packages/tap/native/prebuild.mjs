// Puts the addon for this architecture into prebuilds/, in place of whatever was there.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile, sourceHash } from "./compile.mjs";

const folder = fileURLToPath(new URL("../prebuilds/", import.meta.url));
rmSync(folder, { recursive: true, force: true });
compile(`${folder}linux-${process.arch}-${sourceHash()}.node`, process.env.CC || "cc");
