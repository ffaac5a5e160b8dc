import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mirageOk, run, temporaryFolder } from "./support/mirage.js";

const machine = [
  "qemu-system-x86_64 -accel tcg -cpu qemu64,+rdrand -m 64 -nodefaults -no-reboot -display none",
  "-serial stdio -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel mir-count.xen",
].join(" ");

let folder = "";

/** A kernel that prints more than a pipe holds, and ends. */
beforeAll(async () => {
  folder = temporaryFolder(afterAll);
  writeFileSync(join(folder, "count.conf"), "main-noip: Count.main\n");
  const program = `let main () = for n = 0 to 19_999 do Printf.printf "%d\\n" n done; Lwt.return_unit\n`;
  writeFileSync(join(folder, "count.ml"), program);
  await mirageOk(["configure", "--xen"], folder);
  await mirageOk(["build"], folder);
});

test("a kernel's serial line loses nothing to a reader that is late", async () => {
  const { stdout } = await run("sh", ["-c", `${machine} | { sleep 1; cat; }`], { cwd: folder });
  expect(stdout.split("\r\n").slice(0, 20_000)).toEqual(
    Array.from({ length: 20_000 }, (_, n) => `${n}`),
  );
});

test("a reader that never reads does not keep a kernel from its end", async () => {
  const unread = `{ ${machine}; echo $? >code; } | until [ -e code ]; do sleep 0.1; done; cat code`;
  const { stdout } = await run("sh", ["-c", unread], { cwd: folder });
  expect(stdout).toBe("0\n");
});
