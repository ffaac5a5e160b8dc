import { expect, test } from "vitest";
import { type Link, outwardPorts, portsOf } from "./links.js";

const port = (name: string, kind?: string): Link => ({
  name,
  isUp: true,
  hasCarrier: true,
  addresses: [],
  master: "br0",
  ...(kind === undefined ? {} : { kind }),
});

test("ports that lead out are cards and what is made of them, not guests", () => {
  const links = [
    port("eth0"),
    port("eth1.7", "vlan"),
    port("bond0", "bond"),
    port("tap0", "tun"),
    port("veth1", "veth"),
    port("vif1.0"),
    port("vif12.3-emu"),
    { ...port("eth9"), master: "br1" },
  ];
  expect(outwardPorts(links, "br0")).toEqual(["eth0", "eth1.7", "bond0"]);
  expect(portsOf(links, "br0")).toHaveLength(7);
});
