import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { mirageOk, temporaryFolder } from "./support/mirage.js";

test("a kernel's serial line loses nothing to a reader that is late", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "count.conf"), "main-noip: Count.main\n");
  const program =
    "let main () = List.init 2000 string_of_int |> List.iter print_endline; Lwt.return_unit\n";
  writeFileSync(join(folder, "count.ml"), program);
  await mirageOk(["configure", "--xen"], folder);
  await mirageOk(["build"], folder);

  const kernel = join(folder, "mir-count.xen");
  const machine = ["-accel", "tcg", "-cpu", "qemu64,+rdrand", "-m", "64", "-nodefaults"];
  const devices = ["-display", "none", "-serial", "stdio", "-no-reboot"];
  const exit = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"];
  const qemu = spawn("qemu-system-x86_64", [...machine, ...devices, ...exit, "-kernel", kernel], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void qemu.kill());
  await wait(1500);
  const lines = (await text(qemu.stdout)).split("\r\n");
  expect(lines.slice(0, 2000)).toEqual(Array.from({ length: 2000 }, (_, n) => `${n}`));
});
