import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject } from "vitest";
import { builtExample, builtGuest } from "./application.js";
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

    const polite = await create("polite", "--act=stay");
    await polite.says(/^alive$/m);
    await polite.reaches(/^b$/);
    const symbols = `${polite.folder}/symbols`;
    await rig().write(symbols, readFileSync(join(folder, "mir-lifecycle.xen.sym")));
    const xenctx = `xenctx --symbol-table=${symbols} --stack-trace $(xl domid polite)`;
    // For Arm, it shows registers only.
    const asleep = {
      amd64: /(?:hypercall|poll|event_wait_all)\+.*camlOS__run_\d+\+/s,
      arm64: /^PC: .* timer_wait\+/m,
    };
    expect(await rig().run(xenctx)).toMatch(asleep[inject("image")?.architecture ?? "amd64"]);
    await polite.xl("pause");
    await polite.reaches(/p/);
    await polite.xl("unpause");
    await polite.reaches(/^b$/);
    await polite.xl("shutdown -w");
    await polite.isGone();
    await polite.says(/^leaving$/m);

    const stubborn = await create("stubborn", "--act=stay");
    await stubborn.says(/^alive$/m);
    await stubborn.xl("destroy");
    expect(await stubborn.state()).toBeUndefined();
    expect(await rig().guestConsole("stubborn")).not.toContain("leaving");

    const faulty = await create("faulty", "--act=crash");
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

xenTest("a million bytes of output arrive, and the exception behind them, each time", async () => {
  const folder = await builtGuest("lifecycle");
  for (const name of ["first", "second", "third"]) {
    const guest = await Guest.create(rig(), folder, { name, cmdline: "--act=print" });
    await guest.reaches(/c/);
    const console_ = await rig().guestConsole(name);
    const lines = console_.split("\n").filter((line) => /^line \d+ \.{90}$/.test(line));
    expect(lines.length).toBe(10_000);
    expect(console_).toMatch(/Failure.*printed\D+Raised at .*\n(.*\n)*exit code 1$/m);
    await guest.xl("destroy");
  }
});

xenTest("www serves in 12 MiB, and says so where there is too little", async () => {
  const folder = await builtExample("www");
  const guest = await Guest.create(rig(), folder, { memory: 12 });
  await rig().answersPing("10.0.0.2");
  await rig().run(`
    for i in $(seq 20); do timeout 5 wget -q -O /tmp/page http://10.0.0.2/ || exit 1; done`);
  const page = readFileSync(join(folder, "htdocs/index.html"));
  expect((await rig().read("/tmp/page")).equals(page)).toBe(true);
  await guest.reaches(/^b$/);
  await guest.xl("destroy");

  const starved = await Guest.create(rig(), folder, {
    name: "starved",
    memory: 4,
    on_crash: "preserve",
  });
  await starved.reaches(/c/);
  await starved.says(/^out of memory: .*\n^panic: the machine has too little memory$/m);
  await starved.xl("destroy");
});
