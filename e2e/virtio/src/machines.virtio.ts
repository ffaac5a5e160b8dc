import { afterAll, expect } from "vitest";
import { copyOfExample } from "../../src/support/mirage.js";
import { buildForXen, builtGuest } from "../../xen/src/application.js";
import { type Board, boards, Machine, type MachineOptions, virtioTest } from "./machine.js";

const all = Object.keys(boards) as Board[];

let built: Promise<string> | undefined;
const www = () => {
  built ??= buildForXen(copyOfExample("www", afterAll));
  return built;
};

/** Starts www, which must serve a page. */
async function serving(board: Board, options: MachineOptions): Promise<Machine> {
  const machine = await Machine.start(board, await www(), options);
  expect((await machine.fetch("/")).status, board).toBe(200);
  return machine;
}

virtioTest("www serves in 8 MiB, in 3 GiB, and with memory beyond 4 GiB", async () => {
  for (const board of all) {
    for (const memory of [8, 3072, 5120]) {
      const machine = await serving(board, { memory });
      await machine.command("system_powerdown");
      expect(await machine.ends(), `${board} ${memory}`).toBe(0);
    }
  }
});

virtioTest(
  "a virtio device is enough of a source of randomness, and none is an error",
  async () => {
    const cpu = "qemu64,-rdrand,-rdseed";
    for (const board of all) {
      const device = `virtio-rng-${boards[board].suffix}`;
      await serving(board, { cpu, more: ["-no-reboot", "-device", device] });
      const machine = await Machine.start(board, await www(), { cpu });
      expect(await machine.ends(), board).toBe(1);
      expect(machine.console).toMatch(/^panic: there is no source of randomness/m);
    }
  },
);

virtioTest("a reset starts it again", async () => {
  const folder = await builtGuest("lifecycle");
  for (const board of all) {
    const machine = await Machine.start(board, folder, { commandLine: "--act=stay", more: [] });
    await machine.says(/^alive\r?$/m);
    await machine.command("system_reset");
    await machine.says(/^alive[\s\S]*^alive\r?$/m);
  }
});
