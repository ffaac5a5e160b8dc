import { join } from "node:path";
import { expect } from "vitest";
import { builtExample, builtGuest } from "./application.js";
import { Guest } from "./rig/guest.js";
import { expectSite } from "./site.js";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig();

xenTest(
  "an interface is taken away and comes back; what nobody uses can be taken away",
  async () => {
    const folder = await builtExample("www");
    const guest = await Guest.create(rig(), folder);
    await rig().answersPing("10.0.0.2");
    const port = await rig().forward("10.0.0.2", 80);
    await expectSite(join(folder, "htdocs"), port);

    await rig().run("xl network-detach www 0");
    await guest.says(/^netif net: the device is gone: dom0 has detached it$/m);
    await guest.reaches(/^b$/);

    await rig().run("xl network-attach www bridge=xenbr0 mac=00:16:3e:00:00:07");
    await guest.says(/^netif net: there is a device again$/m);
    await rig().answersPing("10.0.0.2");
    await expectSite(join(folder, "htdocs"), port);

    await rig().run("truncate -s 1M /guests/www/late.img");
    await rig().run("xl network-attach www bridge=xenbr0");
    await rig().run("xl network-detach www 1");
    await rig().run("xl block-attach www raw:/guests/www/late.img,xvdc,w");
    await rig().run("xl block-detach www xvdc");
    expect(await rig().run("xl network-list www | wc -l")).toBe("2\n");
    await expectSite(join(folder, "htdocs"), port);
    await guest.xl("destroy");
  },
);

xenTest("the program hears that its interface is gone, and that there is one again", async () => {
  const guest = await Guest.create(rig(), await builtGuest("link"));
  await guest.says(/^watching$/m);
  await rig().run("xl network-detach link 0");
  await guest.says(/^without a network$/m);
  await rig().run("xl network-attach link bridge=xenbr0");
  await guest.says(/^on a network$/m);
  await guest.xl("destroy");
});

xenTest("a request to save the guest is refused, and it goes on", async () => {
  const folder = await builtExample("www");
  const guest = await Guest.create(rig(), folder);
  await rig().answersPing("10.0.0.2");
  const { code } = await rig().exec("xl save www /tmp/saved");
  expect(code).not.toBe(0);
  await guest.says(/^request to suspend refused: not supported$/m);
  await expectSite(join(folder, "htdocs"), await rig().forward("10.0.0.2", 80));
  await guest.xl("destroy");
});
