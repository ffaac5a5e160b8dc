import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { printXlConfig, xlConfig } from "@mirage/xl";
import { mirageOk, temporaryFolder } from "../../src/support/mirage.js";
import { builtExample } from "./application.js";
import { deviceModel } from "./dom0/device-model.js";
import { Guest } from "./rig/guest.js";
import { expectSite } from "./site.js";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig(async () => ({
  archives: [await deviceModel(console.error)],
  machine: { memory: 2048, dom0Memory: 768 },
}));

xenTest("GRUB starts the same kernel from a disk of mirage image in an HVM guest", async () => {
  const www = await builtExample("www");
  await mirageOk(["image"], www);
  const folder = temporaryFolder();
  copyFileSync(join(www, "mir-www.img"), join(folder, "mir-www.img"));

  const config = xlConfig({
    name: "www",
    type: "hvm",
    memory: 64,
    vcpus: 1,
    disk: ["mir-www.img,raw,xvda,rw"],
    // GRUB would take minutes to read from an emulated IDE disk.
    hdtype: "ahci",
    // No emulated interface besides the paravirtual one.
    vif: ["bridge=xenbr0,type=vif"],
    serial: "file:/var/log/xen/serial-www.log",
    vga: "none",
    nographic: 1,
    vnc: 0,
  });
  writeFileSync(join(folder, "www.xl"), printXlConfig(config));

  const guest = await Guest.create(rig(), folder);
  await rig().answersPing("10.0.0.2");
  await expectSite(join(www, "htdocs"), await rig().forward("10.0.0.2", 80));
  await guest.reaches(/^b$/);
  await guest.xl("shutdown -w");
  await guest.isGone();
});
