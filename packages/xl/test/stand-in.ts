import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { localHost, sshHost, type XenHost } from "../src/host/host.js";

/** A machine without Xen, with shell scripts in the place of xl and ssh. */
export interface StandIn {
  readonly folder: string;
  /** This machine, and the same by way of ssh. */
  readonly hosts: readonly XenHost[];
  /** The same by way of a connection that outlives whoever calls ssh. */
  readonly shared: XenHost;
  /** The calls of xl so far, a line each. */
  calls(): string[];
  remove(): void;
}

/** Does with a command what sshd does: hands it to the user's shell. */
const ssh = `#!/bin/sh
for command; do :; done
exec /bin/sh -c "$command"
`;

/**
 * Does it as over a connection that is shared (ControlMaster): the command is run by another process
 * than the one that is called, which takes over its pipes; the end of input is all that gets there.
 */
const sharedSsh = `#!/bin/sh
folder=$(dirname "$0")
for command; do :; done
fifo=$(mktemp -u "$folder/input.XXXXXX")
mkfifo "$fifo"
setsid sh -c 'sh -c "$1" <"$2"; echo $? >"$2.code"' sh "$command" "$fifo" &
cat >"$fifo"
wait
exit "$(cat "$fifo.code")"
`;

/**
 * Puts an `xl` on the search path that notes how it is called, and then does what `script` says; the
 * script finds the folder in $folder.
 */
export function standIn(script: string): StandIn {
  const folder = mkdtempSync(join(tmpdir(), "mirage-xl-stand-in-"));
  const calls = join(folder, "calls");
  writeFileSync(calls, "");
  const install = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };
  install("ssh", ssh);
  install("shared-ssh", sharedSsh);
  install("xl", `#!/bin/sh\nfolder='${folder}'\necho "$*" >>"$folder/calls"\n${script}\n`);
  const path = process.env.PATH ?? "";
  process.env.PATH = folder + delimiter + path;
  return {
    folder,
    hosts: [localHost(), sshHost("dom0", { program: join(folder, "ssh") })],
    shared: sshHost("dom0", { program: join(folder, "shared-ssh") }),
    calls: () => readFileSync(calls, "utf8").split("\n").slice(0, -1),
    remove: () => {
      process.env.PATH = path;
      rmSync(folder, { recursive: true });
    },
  };
}
