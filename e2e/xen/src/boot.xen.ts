import { expect } from "vitest";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig();

xenTest("dom0 runs under Debian's Xen, with a working toolstack", async () => {
  const list = await rig().run("xl list");
  expect(list).toMatch(/^Domain-0 +0 +512 +1 +r-----/m);
  expect(await rig().run("xl info")).toMatch(/^xen_version *: 4\.17/m);
  expect(await rig().run("xl info virt_caps")).toContain("hvm");
});
