import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mirageOk, run, temporaryFolder } from "./support/mirage.js";

test("a kernel's serial line loses nothing to a reader that is late", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "count.conf"), "main-noip: Count.main\n");
  const program = `let main () = for n = 0 to 19_999 do Printf.printf "%d\\n" n done; Lwt.return_unit\n`;
  writeFileSync(join(folder, "count.ml"), program);
  await mirageOk(["configure", "--xen"], folder);
  await mirageOk(["build"], folder);

  const machine = "qemu-system-x86_64 -accel tcg -cpu qemu64,+rdrand -m 64 -nodefaults -no-reboot";
  const devices = "-display none -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=4";
  const moreThanAPipeHolds = `${machine} ${devices} -kernel mir-count.xen | { sleep 1; cat; }`;
  const { stdout } = await run("sh", ["-c", moreThanAPipeHolds], { cwd: folder });
  expect(stdout.split("\r\n").slice(0, 20_000)).toEqual(
    Array.from({ length: 20_000 }, (_, n) => `${n}`),
  );
});
