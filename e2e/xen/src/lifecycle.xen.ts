import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { builtGuest } from "./application.js";
import { mirageRun } from "./mirage-run.js";
import { Guest } from "./rig/guest.js";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig();

xenTest("dom0 has a working toolstack", async () => {
  expect(await rig().run("xl list")).toMatch(/^Domain-0 +0 +512 +1 +r-----/m);
  expect(await rig().run("xl info virt_caps")).toContain("hvm");
});

xenTest(
  "a guest is created, paused, shut down, destroyed, and crashes where xl sees it",
  async () => {
    const folder = await builtGuest("lifecycle");
    const create = (name: string, cmdline: string) =>
      Guest.create(rig(), folder, { name, cmdline });

    const polite = await create("polite", "stay");
    await polite.says(/^alive$/m);
    await polite.reaches(/^b$/);
    const symbols = `${polite.folder}/symbols`;
    await rig().write(symbols, readFileSync(join(folder, "mir-lifecycle.xen.sym")));
    const xenctx = `xenctx --symbol-table=${symbols} --stack-trace $(xl domid polite)`;
    expect(await rig().run(xenctx)).toMatch(/event_wait\+.*camlOS__run_\d+\+/s);
    await polite.xl("pause");
    await polite.reaches(/p/);
    await polite.xl("unpause");
    await polite.reaches(/^b$/);
    await polite.xl("shutdown -w");
    await polite.isGone();
    await polite.says(/^leaving$/m);

    const stubborn = await create("stubborn", "stay");
    await stubborn.says(/^alive$/m);
    await stubborn.xl("destroy");
    expect(await stubborn.state()).toBeUndefined();
    expect(await rig().guestConsole("stubborn")).not.toContain("leaving");

    const faulty = await create("faulty", "crash");
    await faulty.reaches(/c/);
    await faulty.says(/Failure.*on purpose/);
    await faulty.xl("destroy");
    await faulty.isGone();

    const running = mirageRun(rig(), folder);
    expect((await running.finished).code).toBe(1);
    expect(running.stdout).toMatch(/Failure.*stay or crash/);
    expect(running.stderr).toContain("lifecycle ended (crash)");
  },
);
