import { type ErrorCode, MirageError } from "@mirage/diagnostics";
import type { XenHost } from "./host.js";

/** How a command ended, and what it said. */
export interface Ended {
  /** `null` if it was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Reason {
  /** In what xl prints to stderr. */
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly message: (found: RegExpExecArray, host: XenHost) => string;
  readonly hint: string;
}

/** The kinds of failure of libxl 4.17, the more specific ones first. */
const reasons: readonly Reason[] = [
  {
    pattern: /xl: (?:command )?not found/,
    code: "ERR_MIRAGE_XL_NOT_INSTALLED",
    message: (_, host) => `${host.name} has no xl`,
    hint: "install Xen and boot it; on Debian the package is xen-system-amd64",
  },
  {
    pattern:
      /privileged command interface: (?:No such file|No such device)|Can't (?:find|read) hypervisor|Hypervisor is not xen|Can't find version/,
    code: "ERR_MIRAGE_XL_NO_HYPERVISOR",
    message: (_, host) => `${host.name} does not run under Xen`,
    hint: "boot it with Xen: choose the entry `with Xen hypervisor` in its boot menu",
  },
  {
    pattern: /privileged command interface: Permission denied/,
    code: "ERR_MIRAGE_XL_NOT_ROOT",
    message: (_, host) => `xl on ${host.name} needs root`,
    hint: "run the command with sudo, or log in there as root",
  },
  {
    pattern: /cannot connect to xenstore/,
    code: "ERR_MIRAGE_XL_NO_XENSTORE",
    message: (_, host) => `xenstored does not run on ${host.name}`,
    hint: "start Xen's daemons: `systemctl start xenstored xenconsoled`, or `/etc/init.d/xen start`",
  },
  {
    pattern: /getting (?:domain info list|physinfo): Operation not permitted/,
    code: "ERR_MIRAGE_XL_NOT_DOM0",
    message: (_, host) => `${host.name} is a guest of Xen, not its domain 0`,
    hint: "run xl in domain 0, the first domain that Xen boots",
  },
  {
    pattern: /Domain with name "(.*)" already exists/,
    code: "ERR_MIRAGE_XL_NAME_TAKEN",
    message: ([, name], host) => `${host.name} already runs a domain named ${name}`,
    hint: "end that one first, or take another name",
  },
  {
    pattern: /Could not find bridge device (\S*)/,
    code: "ERR_MIRAGE_XL_NO_BRIDGE",
    message: ([, bridge], host) => `${host.name} has no bridge ${bridge}`,
    hint: "make the bridge, or name another one with `bridge=` in `vif`",
  },
  {
    pattern: /segment \w+ too large/,
    code: "ERR_MIRAGE_XL_MEMORY_TOO_SMALL",
    message: () => "the kernel does not fit into the domain's memory",
    hint: "raise `memory`, in megabytes",
  },
  {
    pattern: /Out of memory|Cannot allocate memory|failed to free memory/,
    code: "ERR_MIRAGE_XL_NO_MEMORY",
    message: (_, host) => `${host.name} has too little free memory for the domain`,
    hint: "lower `memory`, or end other domains; `xl info free_memory` tells how many megabytes are free",
  },
  {
    pattern: /failed to open file '(.*)': No such file/,
    code: "ERR_MIRAGE_XL_NO_KERNEL",
    message: ([, path], host) => `${host.name} has no file ${path}`,
    hint: "build the kernel, or correct its path",
  },
  {
    pattern: /(?:xc_dom_\w+|xc_dom_parse_\w+): (.*): Invalid kernel/,
    code: "ERR_MIRAGE_XL_KERNEL",
    message: ([, problem]) => `Xen refuses the kernel: ${problem}`,
    hint: "a PVH kernel is an ELF file with the note PHYS32_ENTRY; check `type` and `kernel`",
  },
  {
    pattern: /Disk vdev=(\S+) failed to stat: (.*): No such file/,
    code: "ERR_MIRAGE_XL_NO_DISK",
    message: ([, , path], host) => `${host.name} has no disk image ${path}`,
    hint: "make the image there, or correct `disk`",
  },
  {
    pattern: /unable to add (vif|disk|vbd) devices/,
    code: "ERR_MIRAGE_XL_DEVICE",
    message: ([, kind], host) =>
      `the scripts of ${host.name} could not set up a ${kind === "vif" ? "network interface" : "disk"}`,
    hint: "/var/log/xen/xen-hotplug.log tells more",
  },
  {
    pattern:
      /^(.*) is an invalid domain identifier|(?:Domain (\d+):)?Non-existant domain[\s\S]*^destroy failed|domain name '(.*)', maybe/m,
    code: "ERR_MIRAGE_XL_NO_DOMAIN",
    message: ([, ...names], host) =>
      `${host.name} runs no domain ${names.find((name) => name !== undefined) ?? "of that number"}`,
    hint: "`xl list` shows those that it runs",
  },
  {
    pattern: /guest didn't acknowledge control request|PV control interface not available/,
    code: "ERR_MIRAGE_XL_NO_ANSWER",
    message: () => "the guest does not answer requests to shut down or reboot",
    hint: "destroy the domain instead",
  },
  {
    pattern:
      /^(?:.*config parsing error.*|Invalid domain type.*|Domain name must be specified.*)$/m,
    code: "ERR_MIRAGE_XL_CONFIG",
    message: ([line]) => `xl refuses the configuration: ${line}`,
    hint: "xl.cfg(5) describes the file",
  },
];

/** The reasons of ssh, which ends with exit code 255. */
const sshReasons: readonly Reason[] = [
  {
    pattern: /Host key verification failed/,
    code: "ERR_MIRAGE_XL_SSH",
    message: (_, host) => `ssh does not trust the key of ${host.name}`,
    hint: "log in there once by hand and compare the key, or correct known_hosts",
  },
  {
    pattern: /Permission denied|Too many authentication failures/,
    code: "ERR_MIRAGE_XL_SSH",
    message: (_, host) => `${host.name} does not let you log in without a password`,
    hint: "put your public key there with `ssh-copy-id`, or load it with `ssh-add`",
  },
  {
    pattern: /Could not resolve hostname.*/,
    code: "ERR_MIRAGE_XL_SSH",
    message: (_, host) => `there is no host ${host.name}`,
    hint: "correct the name, or add it to ~/.ssh/config",
  },
  {
    pattern: /(Connection (?:refused|timed out)|No route to host|Network is unreachable)/,
    code: "ERR_MIRAGE_XL_SSH",
    message: ([, what], host) => `${host.name} cannot be reached: ${what}`,
    hint: "check that it runs, and the port of its ssh server",
  },
];

/** Why xl, or ssh on the way to it, failed. */
export function xlFailure(host: XenHost, purpose: string, ended: Ended): MirageError {
  const isSsh = host.isRemote && ended.exitCode === 255;
  const said = `${ended.stderr}\n${ended.stdout}`;
  for (const { pattern, code, message, hint } of isSsh ? sshReasons : reasons) {
    const found = pattern.exec(said);
    if (found) {
      return new MirageError(code, message(found, host), { hint, cause: new Error(said.trim()) });
    }
  }
  if (isSsh) return sshFailure(host, purpose, lastLines(ended.stderr));
  const how = ended.exitCode === null ? "was killed" : `ended with exit code ${ended.exitCode}`;
  const lines = lastLines(ended.stderr) || lastLines(ended.stdout);
  return new MirageError(
    "ERR_MIRAGE_XL_FAILED",
    `cannot ${purpose} on ${host.name}: xl ${how}${lines === "" ? "" : `:\n${lines}`}`,
  );
}

/** ssh itself says nothing when the server closes a session before its command has ended. */
function sshFailure(host: XenHost, purpose: string, lines: string): MirageError {
  return lines === ""
    ? new MirageError(
        "ERR_MIRAGE_XL_SSH",
        `cannot ${purpose} on ${host.name}: its ssh server closed the session`,
        { hint: "try again; the server's own log may tell why" },
      )
    : new MirageError("ERR_MIRAGE_XL_SSH", `ssh to ${host.name} failed:\n${lines}`);
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-8).join("\n");
}

/** The program itself could not be started. */
export function programError(host: XenHost, program: string, cause: Error): MirageError {
  return new MirageError("ERR_MIRAGE_XL_PROGRAM", `cannot run ${program}`, {
    cause,
    hint: host.isRemote ? "install OpenSSH's client" : "put it on the PATH",
  });
}
