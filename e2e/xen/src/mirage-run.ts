import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Running, startMirage, temporaryFolder } from "../../src/support/mirage.js";
import type { Rig } from "./rig/rig.js";

/** Starts `mirage run --host dom0` in a built application's folder. */
export function mirageRun(rig: Rig, application: string): Running {
  return startMirageWithHost(rig, ["run"], application);
}

/** Starts `mirage ARGS --host dom0 MORE` in a folder. */
export function startMirageWithHost(
  { host, sshConfig }: Rig,
  args: readonly string[],
  cwd: string,
  more: readonly string[] = [],
): Running {
  const folder = temporaryFolder();
  // An ssh that knows the way. It takes a connection of its own, as most users' does: over a shared
  // one dropbear 2022.83 may close a session that opens just after the reader of another was killed.
  const ssh = `#!/bin/sh\nexec /usr/bin/ssh -F '${sshConfig}' -o ControlPath=none "$@"\n`;
  writeFileSync(join(folder, "ssh"), ssh, { mode: 0o755 });
  const environment = ["env", `PATH=${folder}:${process.env.PATH}`];
  return startMirage([...args, "--host", host, ...more], cwd, environment);
}
