import { join } from "node:path";
import { expect } from "vitest";
import { builtExample, builtGuest } from "../../xen/src/application.js";
import { expectSite } from "../../xen/src/site.js";
import { type Board, boards, Machine, virtioTest } from "./machine.js";

const all = Object.keys(boards) as Board[];

virtioTest("hello greets, and the machine is off", async () => {
  const folder = await builtExample("hello");
  for (const board of all) {
    const machine = await Machine.start(board, folder);
    expect(await machine.ends(), board).toBe(0);
    expect(machine.console, board).toContain("hello\nworld\nhello\nworld\n");
  }
});

virtioTest("www serves its files byte for byte, until the power button is pressed", async () => {
  const folder = await builtExample("www");
  for (const board of all) {
    const machine = await Machine.start(board, folder, { memory: 8 });
    expect((await machine.fetch("/")).status, board).toBe(200);
    await expectSite(join(folder, "htdocs"), machine.port);
    await machine.command("system_powerdown");
    expect(await machine.ends(), board).toBe(0);
  }
});

virtioTest("a kernel is told its address, port and a text when it starts", async () => {
  const folder = await builtGuest("told");
  for (const board of all) {
    const machine = await Machine.start(board, folder, {
      address: "10.0.0.9",
      port: 8080,
      commandLine:
        'quiet ARGUMENT_HTTP_PORT=8080 --ip-address 10.0.0.9 "--greeting=a \\"b\\" c" --log-level debug',
    });
    expect(await (await machine.fetch("/")).text(), board).toBe('a "b" c');
    expect(machine.console, board).toContain('debug application: it says a "b" c');
    await machine.command("system_powerdown");
    expect(await machine.ends(), board).toBe(0);
  }
});

virtioTest("a crash is on the console, and the machine's end tells it", async () => {
  const folder = await builtGuest("lifecycle");
  for (const board of all) {
    const machine = await Machine.start(board, folder, { commandLine: "--act=crash" });
    expect(await machine.ends(), board).toBe(1);
    expect(machine.console, board).toMatch(/^exit code 1$/m);
  }
});
