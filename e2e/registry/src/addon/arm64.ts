import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/**
 * A folder with what Debian's packages for arm64 have of node, of both C libraries and of musl's
 * headers, for programs that qemu-aarch64 runs. apt downloads them, with a state of its own, so that
 * the machine's packages stay as they are. Kept in `$XDG_CACHE_HOME/mirage`.
 */
export function arm64Root(): string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "mirage");
  const folder = join(cache, "arm64-root");
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "arm64-work-"));
  try {
    const root = join(work, "root");
    const downloads = join(work, "downloads");
    for (const path of [
      root,
      downloads,
      join(work, "lists/partial"),
      join(work, "archives/partial"),
    ])
      mkdirSync(path, { recursive: true });
    const apt = aptFor("arm64", work);
    apt("apt-get", ["update", "-q"], work);
    const names = ["musl", "musl-dev", ...withDependencies("nodejs", apt)];
    apt("apt-get", ["download", "-q", ...names], downloads);
    for (const name of readdirSync(downloads)) {
      execFileSync("dpkg-deb", ["--extract", join(downloads, name), root]);
    }
    renameSync(root, folder);
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

type Apt = (command: string, args: readonly string[], cwd: string) => string;

/** apt for another architecture, with lists and an archive of packages below `state`. */
function aptFor(architecture: string, state: string): Apt {
  const settings = {
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "root",
    "Dir::State::lists": join(state, "lists"),
    "Dir::State::status": "/dev/null",
    "Dir::Cache": state,
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return (command, args, cwd) =>
    execFileSync(command, [...options, ...args], { cwd, encoding: "utf8", maxBuffer: 1 << 26 });
}

function withDependencies(name: string, apt: Apt): string[] {
  const only = ["--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks"];
  const also = ["--no-replaces", "--no-enhances", "depends", "--recurse", name];
  const text = apt("apt-cache", [...only, ...also], dirname(import.meta.dirname));
  return [...text.matchAll(/^[a-z0-9][\w.+-]*$/gm)].map(([found]) => found);
}
