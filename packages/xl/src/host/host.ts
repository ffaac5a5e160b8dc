import { MirageError, shellWord } from "@mirage/diagnostics";

/** A machine with Xen's toolstack, and the way to run shell scripts there. */
export interface XenHost {
  /** For messages: `this machine`, or the destination of ssh. */
  readonly name: string;
  readonly isRemote: boolean;
  /** The program, with its arguments, that runs `sh -c SCRIPT` with these arguments on the host. */
  command(
    script: string,
    args: readonly string[],
    options?: { readonly terminal?: boolean },
  ): readonly [program: string, ...args: string[]];
}

/** xl lies in a folder that the search path of a login without terminal often lacks. */
const prelude = 'LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; export LC_ALL PATH\n';

/** This machine. xl needs root. */
export function localHost(): XenHost {
  return {
    name: "this machine",
    isRemote: false,
    command: (script, args) => ["sh", "-c", prelude + script, "sh", ...args],
  };
}

export interface SshOptions {
  /** Arguments of ssh before the destination: `-p`, `-i`, `-o StrictHostKeyChecking=…`. */
  readonly options?: readonly string[];
  /** The program; `ssh` by default. */
  readonly program?: string;
}

/**
 * A user's name, and the name or address of a host: what RFC 1123 section 2.1 allows, `_` as in names of
 * ssh_config(5), or an address of IPv6 with a zone. ssh puts it into commands of its configuration.
 */
const destinationSyntax =
  /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}@)?(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}|(?=.*:)[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9_.-]{1,32})?)$/;

/**
 * Another machine, reached with OpenSSH and never with a password (BatchMode).
 * @param destination `[user@]host`, or a name of ssh_config(5)
 * @throws MirageError `ERR_MIRAGE_XL_HOST`
 */
export function sshHost(destination: string, ssh: SshOptions = {}): XenHost {
  if (!destinationSyntax.test(destination)) {
    throw new MirageError("ERR_MIRAGE_XL_HOST", `\`${destination}\` is not a host`, {
      hint: "write it as ssh wants it, such as root@dom0.example.org",
      exitCode: 2,
    });
  }
  const before = ["-o", "BatchMode=yes", ...(ssh.options ?? [])];
  const defaults = {
    ConnectTimeout: 10,
    ServerAliveInterval: 10,
    ServerAliveCountMax: 3,
    LogLevel: "ERROR",
  };
  const behind = Object.entries(defaults).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return {
    name: destination,
    isRemote: true,
    command: (script, args, options) => [
      ssh.program ?? "ssh",
      ...before,
      ...behind,
      options?.terminal ? "-tt" : "-T",
      "--",
      destination,
      `exec ${["sh", "-c", prelude + script, "sh", ...args].map(shellWord).join(" ")}`,
    ],
  };
}
