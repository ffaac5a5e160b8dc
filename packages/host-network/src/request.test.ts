import { expect, test } from "vitest";
import { checkInterfaceName, resolveRequest } from "./request.js";

test("what is not said", () => {
  expect(resolveRequest()).toEqual({
    bridge: "xenbr0",
    address: "10.0.0.1/24",
    masquerade: true,
    dhcp: { from: "10.0.0.100", to: "10.0.0.199" },
    taps: [],
  });
});

test.each([
  ["192.168.4.9/16", "192.168.100.0", "192.168.199.0"],
  ["172.16.0.5/28", "172.16.0.6", "172.16.0.12"],
  ["172.16.0.5/30", "172.16.0.6", "172.16.0.6"],
])("addresses for DHCP in the network of %s", (address, from, to) => {
  expect(resolveRequest({ address }).dhcp).toEqual({ from, to });
});

test.each([
  "10.0.0.1",
  "10.0.0.0/24",
  "10.0.0.255/24",
  "10.0.0.1/31",
  "10.0.0.1/7",
  "10.1/24",
  "fe80::1/64",
  "",
])("%j is no address of the host's in a network", (address) => {
  expect(() => resolveRequest({ address })).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_NETWORK_OPTION", exitCode: 2 }),
  );
});

test("a range for DHCP outside of the network", () => {
  const dhcp = { from: "10.0.0.5", to: "10.0.1.9" };
  expect(() => resolveRequest({ dhcp })).toThrow(
    /10\.0\.1\.9 .* not in the network 10\.0\.0\.0\/24/,
  );
  expect(resolveRequest({ dhcp, address: "10.0.0.1/23" }).dhcp).toEqual(dhcp);
  expect(resolveRequest({ dhcp: false })).not.toHaveProperty("dhcp");
});

test.each(["", "-x", "a b", "a/b", "sixteen-letters-", "..", "brücke"])("the name %j", (name) => {
  expect(() => checkInterfaceName(name)).toThrow(/not the name of a network interface/);
});

test("a user that could be taken for something else", () => {
  const taps = [{ name: "tap0", owner: "-u root" }];
  expect(() => resolveRequest({ taps })).toThrow(/not a user/);
});
