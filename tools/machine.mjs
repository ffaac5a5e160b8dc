// Prints what of this machine decides how a test ends. nx reads it as an input of the tests: what one
// machine skips or passes may fail on another.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { release } from "node:os";

const packages = spawnSync("dpkg-query", ["-W"]).stdout ?? "";
console.log(`node ${process.version}, kernel ${release()}, user ${process.getuid?.()}`);
console.log("Debian packages", createHash("sha256").update(packages).digest("hex"));
for (const device of ["/dev/net/tun", "/dev/kvm"]) console.log(device, isUsable(device));

function isUsable(device) {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
