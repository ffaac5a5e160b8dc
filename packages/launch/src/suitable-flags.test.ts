import { targets } from "@mirage/types";
import { expect, test } from "vitest";
import type { RunFlags } from "./launcher.js";
import { requireSuitable } from "./suitable-flags.js";

const cases: readonly (readonly [flags: RunFlags, allowed: readonly string[]])[] = [
  [{ host: "root@dom0" }, ["xen"]],
  [{ trustXl: true }, ["xen"]],
  [{ memory: "64" }, ["virtio"]],
  [{ accelerator: "tcg" }, ["virtio"]],
  [{ browser: true }, ["javascript"]],
  [{ out: "page" }, ["javascript"]],
  [{ sandbox: false }, ["unix-direct", "unix-socket"]],
  [{ watch: true }, ["unix-direct", "unix-socket"]],
  // Where there is no private network, but the host's own sockets, the runner has words of its own.
  [{ publish: ["80:80"] }, ["unix-direct", "unix-socket", "virtio", "javascript"]],
  [{ sandbox: true, publish: [], restart: "always" }, targets.map(({ name }) => name)],
];

test.each(cases)("%j is for %j, and refused elsewhere", (flags, allowed) => {
  for (const target of targets) {
    const check = () => requireSuitable(target, flags);
    if (allowed.includes(target.name)) check();
    else expect(check).toThrow(expect.objectContaining({ code: "ERR_MIRAGE_USAGE", exitCode: 2 }));
  }
});
