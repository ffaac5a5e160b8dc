import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { MirageError } from "@mirage/diagnostics";
import { findProgram } from "./program.js";

/** A command line that runs the command behind it in namespaces of its own: unshare(1). */
export interface Namespace {
  readonly command: readonly string[];
  /** Whether it needs a user namespace, as this user has no privileges. */
  readonly user: boolean;
}

/**
 * Namespaces for the network and, so that nothing that was started in there survives, for
 * processes. Root makes them as they are, others in a user namespace.
 * @throws MirageError `ERR_MIRAGE_RUN_NAMESPACE`
 */
export function privateNetwork(platform: NodeJS.Platform = process.platform): Namespace {
  if (platform !== "linux") {
    throw new MirageError(
      "ERR_MIRAGE_RUN_NAMESPACE",
      `--publish needs a private network, which only Linux has, and this is ${platform}`,
      {
        hint: "run it without --publish: this machine reaches it at its address; or configure it with --socket, and it listens on this machine's ports",
      },
    );
  }
  const unshare = findProgram("unshare", "install util-linux: `apt-get install util-linux`");
  const common = ["--net", "--pid", "--fork", "--kill-child"];
  const candidates: readonly Namespace[] = [
    { command: [unshare, ...common, "--"], user: false },
    { command: [unshare, "--user", "--map-root-user", ...common, "--"], user: true },
  ];
  let output = "";
  for (const candidate of candidates) {
    const [program = "", ...args] = candidate.command;
    const probe = spawnSync(program, [...args, "true"], { encoding: "utf8" });
    if (probe.status === 0) return candidate;
    output = probe.stderr.trim();
  }
  throw new MirageError(
    "ERR_MIRAGE_RUN_NAMESPACE",
    `the kernel doesn't let this user make a private network (${output})`,
    { hint: hint(readSysctl) },
  );
}

type Sysctl = (name: string) => string | undefined;

/**
 * The setting of the kernel that keeps users from making namespaces, as `name=value` of sysctl(8)
 * with the value that lets them.
 */
export function forbiddingSetting(sysctl: Sysctl = readSysctl): string | undefined {
  const settings = [
    ["kernel.unprivileged_userns_clone", "0", "1"],
    ["kernel.apparmor_restrict_unprivileged_userns", "1", "0"],
    ["user.max_user_namespaces", "0", "10000"],
  ] as const;
  const found = settings.find(([name, bad]) => sysctl(name) === bad);
  return found && `${found[0]}=${found[2]}`;
}

/** What stands in the way, by the values of the kernel's settings. */
export function hint(sysctl: Sysctl): string {
  const setting = forbiddingSetting(sysctl);
  if (setting !== undefined) {
    return `user namespaces are switched off: switch them on with \`sudo sysctl ${setting}\`, or run this with sudo`;
  }
  return "run it with sudo; in a container, start that with `--privileged`, or with `--cap-add SYS_ADMIN --cap-add NET_ADMIN --device /dev/net/tun --security-opt seccomp=unconfined`";
}

function readSysctl(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, "utf8").trim();
  } catch {
    return undefined;
  }
}
