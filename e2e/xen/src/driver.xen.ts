import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createDomain,
  type DomainEvent,
  destroyDomain,
  domainConfigs,
  findDomain,
  followDomain,
  hypervisorMessages,
  listDomains,
  openConsole,
  pauseDomain,
  rebootDomain,
  shutdownDomain,
  sshHost,
  unpauseDomain,
  type XenHost,
  xlConfig,
} from "@mirage/xl";
import { expect } from "vitest";
import { temporaryFolder } from "../../src/support/mirage.js";
import { builtGuest } from "./application.js";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig();

function dom0(): XenHost {
  return sshHost(rig().host, { options: ["-F", rig().sshConfig] });
}

/** What became of a domain, in words: its states and its end. */
async function history(events: AsyncIterable<DomainEvent>): Promise<string[]> {
  const words: string[] = [];
  for await (const event of events) {
    if (event.type === "state") words.push(event.state);
    else words.push(`${event.type}: ${event.reason}`);
  }
  return words;
}

xenTest("@mirage/xl, over ssh, takes a domain through its life", async () => {
  const folder = temporaryFolder();
  copyFileSync(join(await builtGuest("lifecycle"), "mir-lifecycle.xen"), join(folder, "kernel"));
  const host = dom0();
  const config = (name: string, argument: string, more: object = {}) =>
    xlConfig({
      name,
      type: "pvh",
      kernel: "kernel",
      cmdline: argument,
      memory: 32,
      vcpus: 1,
      cpus: "1",
      vif: ["mac=00:16:3e:00:00:07"],
      on_reboot: "destroy",
      ...more,
    });
  const create = (name: string, argument: string, more?: object) =>
    createDomain(host, { config: config(name, argument, more), directory: folder, paused: true });

  const polite = await create("polite", "stay");
  expect(await findDomain(host, "polite")).toMatchObject({ state: "paused", memoryMb: 32 });
  const [created] = await domainConfigs(host, "polite");
  expect(created).toMatchObject({ type: "pvh", nics: [{ mac: "00:16:3e:00:00:07" }] });
  let heard = "";
  const console_ = openConsole(host, "polite", { onOutput: (chunk) => (heard += chunk) });
  const life = followDomain(host, polite, { intervalMs: 300 });
  const next = async () => (await life.next()).value;
  expect(await next()).toMatchObject({ type: "state", state: "paused" });
  await unpauseDomain(host, "polite");
  expect(await next()).toMatchObject({ type: "state", state: "running" });
  await rig().consoleSays("polite", /^alive$/m);
  await pauseDomain(host, "polite");
  expect(await next()).toMatchObject({ type: "state", state: "paused" });
  await unpauseDomain(host, "polite");
  expect(await next()).toMatchObject({ type: "state", state: "running" });
  await shutdownDomain(host, "polite");
  expect((await history(life)).at(-1)).toBe("ended: poweroff");
  await console_.closed;
  expect(heard.replaceAll("\r", "")).toContain("alive\nleaving\n");
  await polite.cleanUp();

  const restless = await create("restless", "stay");
  await unpauseDomain(host, restless.id);
  await rig().consoleSays("restless", /^alive$/m);
  await rebootDomain(host, restless.id);
  expect((await history(followDomain(host, restless))).at(-1)).toBe("ended: reboot");
  await restless.cleanUp();

  const faulty = await create("faulty", "crash", { on_crash: "preserve" });
  await unpauseDomain(host, "faulty");
  expect((await history(followDomain(host, faulty))).at(-1)).toBe("ended: crash");
  expect(await findDomain(host, "faulty")).toMatchObject({ state: "crashed" });
  await destroyDomain(host, "faulty");
  await faulty.cleanUp();

  expect((await listDomains(host)).map(({ name }) => name)).toEqual(["Domain-0"]);
  expect(await rig().run("ls /tmp")).toBe("");
});

xenTest("@mirage/xl turns what the real xl complains of into its own errors", async () => {
  const host = dom0();
  await expect(destroyDomain(host, "nobody")).rejects.toMatchObject({
    code: "ERR_MIRAGE_XL_NO_DOMAIN",
  });
  const folder = temporaryFolder();
  writeFileSync(join(folder, "text"), "this is no kernel\n");
  const request = { name: "text", type: "pvh", kernel: "text", memory: 32 };
  const create = (more: object) =>
    createDomain(host, { config: xlConfig({ ...request, ...more }), directory: folder });
  await expect(create({})).rejects.toMatchObject({ code: "ERR_MIRAGE_XL_KERNEL" });
  await expect(create({ memory: 1_000_000 })).rejects.toMatchObject({
    code: "ERR_MIRAGE_XL_NO_MEMORY",
  });
  await expect(create({ vif: ["bridge=xenbr1"] })).rejects.toMatchObject({
    code: "ERR_MIRAGE_XL_NO_BRIDGE",
    hint: expect.stringContaining("xenbr0"),
  });
  expect(await hypervisorMessages(host)).toContain("Xen version 4.17");
});
