import { join } from "node:path";
import { expect } from "vitest";
import { builtExample } from "./application.js";
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
