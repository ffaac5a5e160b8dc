import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What opam's own script for bubblewrap asks of the kernel, with a command that does nothing. */
const probe = [
  "--unshare-net",
  "--new-session",
  "--die-with-parent",
  ...["--ro-bind", "/", "/"],
  ...["--dev", "/dev"],
  ...["--proc", "/proc"],
  ...["--tmpfs", "/tmp"],
  "true",
];

/** Why opam cannot build in its sandbox here; nothing if it can. bwrap(1). */
export async function sandboxObstacle(): Promise<string | undefined> {
  try {
    await promisify(execFile)("bwrap", probe, { encoding: "utf8", timeout: 10_000 });
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") return "bubblewrap is not installed";
    return stderr?.trim().split("\n")[0] || "bubblewrap does not work here";
  }
}
