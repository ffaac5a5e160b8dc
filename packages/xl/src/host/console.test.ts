import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type StandIn, standIn } from "../../test/stand-in.js";
import { openConsole } from "./console.js";
import type { XenHost } from "./host.js";

/** A guest that greets, repeats a line that is typed, and ends. */
const xl = `case $1 in
domid) [ "$3" = www ] && echo 7 ;;
console)
  [ "$3" = www ] || { echo "$3 is an invalid domain identifier (rc=-6)" >&2; exit 1; }
  echo $$ >"$folder/pid"
  printf 'hello\\n'
  read -r line <"$folder/typed"
  printf 'you typed %s\\n' "$line" ;;
esac`;

let machine: StandIn;
beforeEach(() => {
  machine = standIn(xl);
  execFileSync("mkfifo", [join(machine.folder, "typed")]);
  const xenstore = join(machine.folder, "xenstore-read");
  writeFileSync(
    xenstore,
    `#!/bin/sh\n[ "$1" = /local/domain/7/console/tty ] && echo '${join(machine.folder, "typed")}'\n`,
  );
  chmodSync(xenstore, 0o755);
});
afterEach(() => machine.remove());

describe.each([0, 1])("by way %i", (way) => {
  const host = (): XenHost => machine.hosts[way] as XenHost;

  test("both directions, until the guest ends", async () => {
    let output = "";
    const console = openConsole(host(), "www", {
      onOutput: (chunk) => {
        output += chunk;
        if (output === "hello\n") console.write("it's me\n");
      },
    });
    await console.closed;
    expect(output).toBe("hello\nyou typed it's me\n");
  });

  test("left, or interrupted, xl ends too", async () => {
    for (const how of ["left", "interrupted"]) {
      const controller = new AbortController();
      const console = openConsole(host(), "www", {
        signal: controller.signal,
        onOutput: () => (how === "left" ? void console.close() : controller.abort()),
      });
      if (how === "left") await console.closed;
      else {
        await expect(console.closed).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
      }
      const pid = readFileSync(join(machine.folder, "pid"), "utf8").trim();
      const isRunning = `grep -qs '^State:[^Z]*$' /proc/${pid}/status`;
      execFileSync("sh", ["-c", `while ${isRunning}; do sleep 0.05; done`]);
    }
  });

  test("of a domain that is not there", async () => {
    const console = openConsole(host(), "none", { onOutput: () => {} });
    await expect(console.closed).rejects.toMatchObject({ code: "ERR_MIRAGE_XL_NO_DOMAIN" });
  });
});
